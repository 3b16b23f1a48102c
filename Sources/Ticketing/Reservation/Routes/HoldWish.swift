import Contract
import Foundation
import NIOCore
import ServiceKit

/// The checked body of `POST /api/reservations`.
struct HoldWish: Equatable {
    let event: String
    let seat: String
    let seconds: Int

    /// Reads the body: by hand when it is as plain as it almost always is, else by the decoder, whose errors name the field.
    static func read(_ body: ByteBuffer) throws(ServiceError) -> HoldWish {
        if let wish = body.withUnsafeReadableBytes(readPlain) { return try wish.checked() }
        let request = try decodeJSON(HoldRequest.self, from: Data(body.readableBytesView))
        return try HoldWish(event: request.eventId, seat: request.seatId, seconds: request.holdSeconds).checked()
    }

    private static func readPlain(_ raw: UnsafeRawBufferPointer) -> HoldWish? {
        var event: String?
        var seat: String?
        var seconds: Int?
        var isPlain = true
        let understood = raw.withMemoryRebound(to: UInt8.self) { bytes in
            JSONScanner.scan(bytes) { name, value in
                switch value {
                case .text(let text) where name.elementsEqual("eventId".utf8) && event == nil: event = text
                case .text(let text) where name.elementsEqual("seatId".utf8) && seat == nil: seat = text
                case .integer(let number) where name.elementsEqual("holdSeconds".utf8) && seconds == nil:
                    seconds = number
                default: isPlain = false
                }
            }
        }
        guard understood, isPlain, let event, let seat, let seconds else { return nil }
        return HoldWish(event: event, seat: seat, seconds: seconds)
    }

    private func checked() throws(ServiceError) -> HoldWish {
        try Self.check("eventId", event, atMost: 64)
        try Self.check("seatId", seat, atMost: 32)
        try Self.check("holdSeconds", seconds: seconds)
        return self
    }

    static func check(_ field: String, _ text: String, atMost bytes: Int) throws(ServiceError) {
        guard !text.isEmpty, text.utf8.count <= bytes else {
            throw ServiceError(.validationFailed, "\(field) must have 1 to \(bytes) bytes")
        }
    }

    static func check(_ field: String, seconds: Int) throws(ServiceError) {
        guard (1...Contract.maximumHoldSeconds).contains(seconds) else {
            throw ServiceError(.validationFailed, "\(field) must be from 1 to \(Contract.maximumHoldSeconds)")
        }
    }
}
