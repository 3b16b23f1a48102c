import TicketingTestKit

/// One line of the contract's tables: an answer, and how to get it.
struct ContractRow: Sendable {
    let answer: DocumentedAnswer
    let provoke: @Sendable (ContractSuite) async throws -> TestAnswer

    init(
        _ operation: String,
        _ status: Int,
        _ code: String? = nil,
        _ provoke: @escaping @Sendable (ContractSuite) async throws -> TestAnswer
    ) {
        answer = DocumentedAnswer(operation, status, code)
        self.provoke = provoke
    }

    /// All of them that one request each can get from the services as they run.
    static var all: [ContractRow] { everywhere + catalog + reservation + order + payment }
}
