/// What carries requests: a few functions, so that another transport can stand beside libcurl.
///
/// A connection belongs to one virtual user and is named by a small number. All calls are made on the loop's thread. Requests
/// under way are moved on by ``ready(_:_:)`` and ``advance(_:)``; those that ended are handed over by ``takeFinished()``.
protocol Transport: AnyObject {
    /// The number of a new connection; nothing is sent yet.
    func open() throws -> Int
    /// The request and the reply of a connection.
    func exchange(_ connection: Int) -> UnsafeMutablePointer<Exchange>
    /// Makes everything ready that can be before `start`: a storm does this before the barrier.
    func prepare(_ connection: Int)
    /// Sends the prepared request.
    func start(_ connection: Int)
    /// Ends a request under way with this error; it is not handed over as finished. The connection is not used again.
    func cancel(_ connection: Int, _ error: TransportError)
    /// Closes the connection and gives its number back.
    func close(_ connection: Int)

    /// A descriptor that the transport watches is ready.
    func ready(_ descriptor: Int32, _ events: UInt32)
    /// Does what is due by now.
    func advance(_ now: UInt64)
    /// When ``advance(_:)`` must be called at the latest, ns of CLOCK_MONOTONIC.
    var deadline: UInt64 { get }
    /// A connection whose request has ended since, in order; nil when there is none left.
    func takeFinished() -> Int?
}
