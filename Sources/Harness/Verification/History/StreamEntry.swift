/// A line of `history.jsonl` about the streams of seats (server-sent events) that virtual users held.
///
/// Thousands of users receive the same events, so an event is written down once (for each thread of the load engine), and what a
/// user received is a list of events' numbers and moments. Four kinds of lines, those of one stream in order, each event before
/// the first line that names it, and lines of different streams and requests mixed:
///
/// ```
/// {"sse":7,"event":"SEAT_UPDATE","id":"1700000000000-3","data":"{\"seatId\":…,\"status\":…,\"version\":…}"}
/// {"stream":3,"connection":0,"user":"watchers-u3","path":"/ticketing/catalog/api/events/E/seats/stream","began":ns,"lastEventID":null}
/// {"stream":3,"connection":0,"received":[7,ns,9,ns,…]}
/// {"stream":3,"connection":0,"ended":ns,"status":200,"error":null}
/// ```
///
/// `connection` counts from 0: after a break the user connects again, and `lastEventID` is what he then asks to resume after.
/// Moments are monotonic nanoseconds, as in ``HistoryEntry``: `began` before the first byte was written, those of `received` after the
/// read that brought the event, in order. `status` is 0 and `error` the kind of transport error where there was no answer; a stream that
/// was held for its time ends with `error` null, one that the end of the run cut off with `interrupted`. A connection that was refused
/// has no `received`, and a run that was killed may leave one without `ended`.
enum StreamEntry {
    /// An event, as the server sent it.
    struct Message: Codable {
        var sse: Int
        var event: String
        var id: String?
        var data: String
    }

    /// A line of a stream: the connection's beginning, a part of what it brought, or its end.
    struct Line: Codable {
        var stream: Int
        var connection: Int
        var user: String?
        var path: String?
        var began: Int64?
        var lastEventID: String?
        /// Number and moment in turn.
        var received: [Int64]?
        var ended: Int64?
        var status: Int?
        var error: String?
    }
}
