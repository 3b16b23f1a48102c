/// What cannot happen while the schema is the suite's.
package enum PaymentStoreError: Error, CustomStringConvertible {
    /// A row that this transaction inserted or found is not there.
    case rowVanished(order: String)

    package var description: String {
        switch self {
        case .rowVanished(let order):
            "reading the payment of order \(order): its row vanished inside the transaction; is somebody deleting payments?"
        }
    }
}
