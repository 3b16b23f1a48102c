"""Drives the proxy through PyPI's toxiproxy client, unchanged: drive-toxics.py API-PORT REDIS-ADDRESS."""
import socket
import sys
import time

from toxiproxy import Toxiproxy
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

port, redis = int(sys.argv[1]), sys.argv[2]
server = Toxiproxy()
server.update_api_consumer("127.0.0.1", port)
assert server.running() and b"version" in server.version()


def connect():
    host, listen = server.get_proxy("redis").listen.rsplit(":", 1)
    client = socket.create_connection((host, int(listen)), timeout=10)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def ping(client):
    """The seconds that a PING takes, or how the connection ended."""
    start = time.monotonic()
    try:
        client.sendall(b"PING\r\n")
        reply = b""
        while len(reply) < 7:
            part = client.recv(100)
            if not part:
                return "closed"
            reply += part
    except ConnectionResetError:
        return "reset"
    assert reply == b"+PONG\r\n", reply
    return time.monotonic() - start


def refused(error, call, **arguments):
    try:
        call(**arguments)
    except error:
        return
    raise AssertionError("%s was not raised" % error)


populated = server.populate([{"name": "redis", "upstream": redis}])
assert [proxy.name for proxy in populated] == ["redis"]
proxy = server.get_proxy("redis")
assert proxy.enabled and ping(connect()) < 5
refused(ProxyExists, server.create, name="redis", upstream=redis)

effects = [
    ("latency", {"latency": 100, "jitter": 0}, {"latency": 200}, lambda seconds: seconds >= 0.2),
    ("bandwidth", {"rate": 10}, {"rate": 1000}, lambda seconds: seconds < 5),
    ("slow_close", {"delay": 10}, {"delay": 100}, lambda seconds: seconds < 5),
    ("timeout", {"timeout": 5000}, {"timeout": 100}, lambda end: end == "closed"),
    ("reset_peer", {"timeout": 5000}, {"timeout": 100}, lambda end: end == "reset"),
    ("slicer", {"average_size": 1, "size_variation": 0, "delay": 1}, {"delay": 20000}, lambda seconds: seconds >= 0.1),
    ("limit_data", {"bytes": 1000}, {"bytes": 3}, lambda end: end == "closed"),
]
for kind, attributes, update, shows in effects:
    proxy.add_toxic(type=kind, attributes=attributes)
    name = kind + "_downstream"
    toxic = proxy.get_toxic(name)
    assert toxic.type == kind and toxic.attributes == attributes and toxic.toxicity == 1, vars(toxic)
    refused(ProxyExists, proxy.add_toxic, type=kind, attributes=attributes)
    APIConsumer.post("/proxies/redis/toxics/" + name, json={"attributes": update})
    assert proxy.get_toxic(name).attributes == dict(attributes, **update)
    seen = ping(connect())
    assert shows(seen), (kind, seen)
    assert proxy.destroy_toxic(name)
    assert proxy.get_toxic(name) is None and ping(connect()) < 5
    refused(NotFound, proxy.destroy_toxic, toxic_name=name)
refused(InvalidToxic, proxy.add_toxic, type="rain")
refused(InvalidToxic, proxy.add_toxic, type="latency", attributes={"latency": -1})

proxy.add_toxic(type="timeout", attributes={"timeout": 0})
with proxy.down():
    assert not server.get_proxy("redis").enabled
    refused(ConnectionRefusedError, connect)
assert server.get_proxy("redis").enabled
proxy.disable()
assert server.reset()
assert server.get_proxy("redis").enabled and not proxy.toxics() and ping(connect()) < 5
server.destroy_all()
assert not server.proxies()
print("all shown")
