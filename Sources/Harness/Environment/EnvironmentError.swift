/// Something of the environment could not be started, reached or stopped.
package struct EnvironmentError: Error, Sendable, CustomStringConvertible {
    /// What was being done, and to what: `start redis (/usr/bin/redis-server)`.
    package let action: String
    /// What happened.
    package let problem: String
    /// What to do about it.
    package let advice: String?
    /// The last lines that the server wrote, when it is the server that failed.
    package let logTail: String?

    /// Makes an error from its parts.
    package init(_ action: String, _ problem: String, advice: String? = nil, logTail: String? = nil) {
        self.action = action
        self.problem = problem
        self.advice = advice
        self.logTail = logTail
    }

    package var description: String {
        var text = "could not \(action): \(problem)"
        if let advice { text += "; \(advice)" }
        if let logTail, !logTail.isEmpty { text += "\nits last lines:\n\(logTail)" }
        return text
    }
}
