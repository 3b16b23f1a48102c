/// Why a fault could not be applied, counted or reverted.
struct FaultError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
