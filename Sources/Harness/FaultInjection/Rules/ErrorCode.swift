/// What an upstream is made to say: a number or a text, as its protocol has it.
enum ErrorCode: Sendable, Equatable, CustomStringConvertible {
    case number(Int)
    case text(String)

    var description: String {
        switch self {
        case .number(let number): String(number)
        case .text(let text): text
        }
    }
}
