/// What a statement without rows did.
package struct MySQLResult: Sendable, Equatable {
    /// Rows inserted, deleted, or changed.
    ///
    /// An `UPDATE` counts the rows whose values are different afterwards, not the rows that matched (the server's
    /// default, without `CLIENT_FOUND_ROWS`).
    package let affectedRows: UInt64
    /// The first value that `AUTO_INCREMENT` gave; 0 when it gave none.
    package let lastInsertID: UInt64

    package init(affectedRows: UInt64, lastInsertID: UInt64) {
        self.affectedRows = affectedRows
        self.lastInsertID = lastInsertID
    }
}
