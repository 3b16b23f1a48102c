import Synchronization

/// An answer that the contract documents: a status of an operation, with a code if it is a refusal.
struct DocumentedAnswer: Hashable, Comparable, CustomStringConvertible {
    let operation: String
    let status: Int
    let code: String?

    init(_ operation: String, _ status: Int, _ code: String? = nil) {
        self.operation = operation
        self.status = status
        self.code = code
    }

    var description: String { "\(operation) \(status)\(code.map { " \($0)" } ?? "")" }

    static func < (left: DocumentedAnswer, right: DocumentedAnswer) -> Bool { left.description < right.description }
}

/// The answers that have been seen.
final class Ledger: Sendable {
    private let answers = Mutex<Set<DocumentedAnswer>>([])

    var seen: Set<DocumentedAnswer> { answers.withLock { $0 } }

    func record(_ answer: DocumentedAnswer) {
        answers.withLock { _ = $0.insert(answer) }
    }
}
