/// The named lock (`GET_LOCK`) in MySQL under which an event is opened or reset.
package enum EventLockName {
    /// SQL of the name; its parameter is the event's id.
    ///
    /// MySQL allows a lock's name 64 characters, and an event's id may have as many.
    package static let sql = "CONCAT('ticketing.event.', SHA1(?))"
}
