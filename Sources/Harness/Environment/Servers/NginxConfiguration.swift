import Contract
import Glibc

/// The gateway's configuration: prefixes removed, connections kept, nothing sent twice, errors in the contract's shape.
struct NginxConfiguration {
    let port: Int
    /// Ports of each service's processes on loopback.
    let services: [ServiceName: [Int]]
    /// nginx's own folder.
    let folder: String
    /// Whether services record only the traces of requests that make orders, and of callers who bring a trace.
    var tracesOrdersOnly = false

    /// What one worker may have open; it is also bound by the limit of open files.
    private static var connections: Int { min(32_768, Int(FileLimit.highest)) }

    private var routed: [(ServiceName, [Int])] {
        services.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }

    /// The file's text.
    var text: String {
        """
        \(geteuid() == 0 ? "user root;" : "")
        daemon off;
        pid \(folder)/pid;
        error_log stderr warn;
        worker_processes 1;
        worker_rlimit_nofile \(FileLimit.highest);
        events {
            # A watcher needs two, for hours: one to the client and one to catalog.
            worker_connections \(Self.connections);
            multi_accept on;
        }
        http {
            access_log off;
            server_tokens off;
            default_type application/json;
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;

            tcp_nodelay on;
            keepalive_timeout 3600s;
            keepalive_requests 100000000;
            client_max_body_size 1m;
            client_body_buffer_size 64k;

        \(Self.traceMaps)
        \(tracesOrdersOnly ? Self.samplingMaps : "")
        \(upstreams)
            server {
                listen 127.0.0.1:\(port) backlog=4096;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_set_header Host $http_host;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                \(tracesOrdersOnly ? "proxy_set_header b3 $b3_decided;" : "")
                proxy_connect_timeout 1s;
                proxy_send_timeout 30s;
                proxy_read_timeout 60s;
                proxy_buffer_size 16k;
                proxy_buffers 16 16k;
                proxy_max_temp_file_size 0;
                # A request that may have been executed is never sent again: the client decides.
                proxy_next_upstream off;

                location = /healthz {
                    add_header Trace-Id $trace_id always;
                    return 200 '{"status":"UP"}';
                }
                location / { return 404; }
        \(locations)
        \(errors)
            }
        }

        """
    }

    private var upstreams: String {
        routed.map { service, ports in
            let servers = ports.map { "server 127.0.0.1:\($0) max_fails=0;" }.joined(separator: " ")
            return """
                    upstream \(service.rawValue) {
                        \(servers)
                        keepalive 2048;
                        keepalive_requests 100000000;
                        # Less than the 75 s of the services, so that none is used that a service is closing.
                        keepalive_timeout 60s;
                    }

                """
        }.joined()
    }

    private var locations: String {
        routed.map { service, _ in
            var text = """
                        location \(service.gatewayPrefix)/ {
                            proxy_pass http://\(service.rawValue)/;
                        }

                """
            if service == .catalog {
                text += """
                            location ~ ^\(service.gatewayPrefix)/(api/events/[^/]+/seats/stream)$ {
                                proxy_pass http://\(service.rawValue)/$1$is_args$args;
                                proxy_buffering off;
                                # More may come at once than an accept queue holds: a lost SYN is sent again after 1 s, then 2 s.
                                proxy_connect_timeout 5s;
                                proxy_read_timeout 24h;
                            }

                    """
            }
            return text
        }.joined()
    }

    /// Answers that nginx itself makes; those of the services pass as they are.
    private var errors: String {
        let made: [(statuses: String, code: ErrorCode, message: String)] = [
            ("502 503", .upstreamUnavailable, "the service behind this path does not answer"),
            ("504", .timeout, "the service behind this path did not answer in time; the outcome is unknown"),
            ("404", .notFound, "no such route"),
            ("400 414 494", .malformedRequest, "the request is not well-formed HTTP"),
            ("405", .methodNotAllowed, "this method is not allowed here"),
            ("413", .payloadTooLarge, "the body is larger than 1 MiB"),
            ("500", .internal, "the gateway failed"),
        ]
        return made.map { statuses, code, message in
            let retry = code == .upstreamUnavailable ? "add_header Retry-After 1 always;" : ""
            return """
                        error_page \(statuses) =\(code.status) @\(code.rawValue);
                        location @\(code.rawValue) {
                            add_header Trace-Id $trace_id always; \(retry)
                            return \(code.status) '{"code":"\(code.rawValue)","message":"\(message)","traceId":"$trace_id"}';
                        }

                """
        }.joined()
    }

    /// B3's decision alone, `0`, begins a trace that is not recorded; an empty header is not sent.
    private static let samplingMaps = """
            map "$request_method $uri" $b3_of_route {
                "~^POST /ticketing/order/api/orders/?$" "";
                default "0";
            }
            map "$http_traceparent$http_x_b3_traceid$http_trace_id" $b3_of_caller {
                "" $b3_of_route;
                default "";
            }
            map $http_b3 $b3_decided {
                "" $b3_of_caller;
                default $http_b3;
            }
        """

    /// The contract's order: traceparent, b3 (single, multi), Trace-Id, or nginx's own request id as a fresh one.
    private static let traceMaps = """
            map $http_trace_id $trace_of_header {
                "~^(?<t0>[0-9a-f]{32})$" $t0;
                "~^(?<u1>[0-9a-f]{8})-(?<u2>[0-9a-f]{4})-(?<u3>[0-9a-f]{4})-(?<u4>[0-9a-f]{4})-(?<u5>[0-9a-f]{12})$" $u1$u2$u3$u4$u5;
                default $request_id;
            }
            map $http_x_b3_traceid $trace_of_multi {
                "~^(?<t1>[0-9a-f]{32})$" $t1;
                default $trace_of_header;
            }
            map $http_b3 $trace_of_b3 {
                "~^(?<t2>[0-9a-f]{32})-" $t2;
                default $trace_of_multi;
            }
            map $http_traceparent $trace_id {
                "~^[0-9a-f]{2}-(?<t3>[0-9a-f]{32})-" $t3;
                default $trace_of_b3;
            }
        """
}
