import Contract
import Crypto
import Foundation
import ServiceKit

extension CreateOrderRequest {
    /// Refuses what the contract does not allow; the message names the field.
    func validate() throws(ServiceError) {
        guard (1...64).contains(eventId.utf8.count) else {
            throw ServiceError(.validationFailed, "eventId: must have 1…64 characters, has \(eventId.utf8.count)")
        }
        guard (1...Contract.maximumSeatsPerOrder).contains(seatIds.count) else {
            throw ServiceError(
                .validationFailed,
                "seatIds: must name 1…\(Contract.maximumSeatsPerOrder) seats, names \(seatIds.count)"
            )
        }
        if let index = seatIds.firstIndex(where: { !(1...32).contains($0.utf8.count) }) {
            throw ServiceError(.validationFailed, "seatIds[\(index)]: must have 1…32 characters")
        }
        guard Set(seatIds).count == seatIds.count else {
            throw ServiceError(.validationFailed, "seatIds: names a seat twice")
        }
    }

    /// SHA-256 of what the body says, in hex: equal for bodies that differ in spacing, key order or unknown fields.
    ///
    /// Each part goes in behind its length, so that no two requests share a preimage. The order of seats counts, as in any JSON array.
    package var canonicalHash: String {
        var hash = SHA256()
        for part in [eventId] + seatIds {
            hash.update(data: Data("\(part.utf8.count):\(part)".utf8))
        }
        return hash.finalize().map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
    }
}
