/// How busy a pool is at one moment.
package struct MySQLPoolUsage: Sendable, Equatable {
    /// Connections on which a job runs, those of sessions included.
    package let inUse: Int
    /// The most that can be in use.
    package let size: Int
    /// Jobs that wait for a connection.
    package let waiting: Int
    /// Open sessions.
    package let sessions: Int
}
