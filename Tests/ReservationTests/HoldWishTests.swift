import Contract
import NIOCore
import ServiceKit
import Testing

@testable import Reservation

@Suite("The body of a hold")
struct HoldWishTests {
    @Test(
        "plain and unusual spellings mean the same",
        arguments: [
            #"{"eventId":"ev-1","seatId":"R1C1","holdSeconds":30}"#,
            #"{ "holdSeconds" : 30, "seatId":"R1C1" ,"eventId":"ev-1" }"#,
            #"{"eventId":"ev-1","seatId":"R1C1","holdSeconds":30,"more":[1,{"a":null}]}"#,
            #"{"eventId":"ev\u002d1","seatId":"R1C1","holdSeconds":30}"#,
            #"{"eventId":"ev-1","seatId":"R1C1","holdSeconds":30.0}"#,
        ]
    )
    func spellings(text: String) throws {
        #expect(try HoldWish.read(ByteBuffer(string: text)) == HoldWish(event: "ev-1", seat: "R1C1", seconds: 30))
    }

    @Test(
        "what is missing, ill-typed or out of range is refused by name",
        arguments: [
            (#"{"seatId":"R1C1","holdSeconds":30}"#, "eventId is missing"),
            (#"{"eventId":7,"seatId":"R1C1","holdSeconds":30}"#, "eventId is not a string"),
            (#"{"eventId":"e","seatId":"R1C1","holdSeconds":"30"}"#, "holdSeconds is not a whole number"),
            (#"{"eventId":"e","seatId":"R1C1","holdSeconds":0}"#, "holdSeconds must be from 1 to 600"),
            (#"{"eventId":"e","seatId":"R1C1","holdSeconds":601}"#, "holdSeconds must be from 1 to 600"),
            (#"{"eventId":"e","seatId":"R1C1","holdSeconds":-1}"#, "holdSeconds must be from 1 to 600"),
            (#"{"eventId":"e","seatId":"","holdSeconds":30}"#, "seatId must have 1 to 32 bytes"),
            (#"{"eventId":"","seatId":"s","holdSeconds":30}"#, "eventId must have 1 to 64 bytes"),
        ]
    )
    func refusals(text: String, message: String) {
        let error = #expect(throws: ServiceError.self) { try HoldWish.read(ByteBuffer(string: text)) }
        #expect(error?.code == .validationFailed)
        #expect(error?.message == message)
    }

    @Test("what is not JSON is malformed", arguments: ["", "{", "hello", #"{"eventId":"e""#])
    func malformed(text: String) {
        let error = #expect(throws: ServiceError.self) { try HoldWish.read(ByteBuffer(string: text)) }
        #expect(error?.code == .malformedRequest)
    }
}
