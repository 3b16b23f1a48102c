import Foundation

/// Secrets that a process is told by files, as orchestrators mount them, so that they stand in no environment and on no command line.
package enum SecretFile {
    /// The variables that may be told by a file, which `<variable>_FILE` names.
    private static let variables: Set = ["AUTH_SECRET", "REDIS_URL", "MYSQL_URL"]
    /// The largest file that is taken for a secret, in bytes.
    private static let maximumBytes = 64 * 1024

    /// What a file holds, without the white space around it.
    ///
    /// - Throws: ``SecretFileError`` when there is no such file, it is a directory, cannot be read, is no text, is empty or beyond 64 KiB.
    package static func read(_ path: String) throws(SecretFileError) -> String {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw SecretFileError(path: path, problem: "does not exist")
        }
        guard !isDirectory.boolValue else { throw SecretFileError(path: path, problem: "is a directory, not a file") }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SecretFileError(path: path, problem: "cannot be read; who may read it?")
        }
        guard data.count <= maximumBytes else {
            throw SecretFileError(path: path, problem: "has more than \(maximumBytes) bytes; is it the right file?")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw SecretFileError(path: path, problem: "is not text in UTF-8")
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { throw SecretFileError(path: path, problem: "is empty") }
        return secret
    }

    /// The value of `variable`, or else what the file holds that `<variable>_FILE` names.
    ///
    /// - Parameters:
    ///   - variable: The setting's name, without `_FILE`.
    ///   - environment: Where the setting is looked up.
    ///   - problems: Gets what is wrong with the file; never what it holds.
    /// - Returns: Nil when neither is set, or the file gives none.
    package static func value(
        of variable: String,
        in environment: [String: String],
        _ problems: inout [String]
    ) -> String? {
        if let value = environment[variable], !value.isEmpty { return value }
        guard let path = environment[variable + "_FILE"], !path.isEmpty else { return nil }
        do throws(SecretFileError) {
            return try read(path)
        } catch {
            problems.append("\(variable)_FILE names \(error.path), which \(error.problem)")
            return nil
        }
    }

    /// Whether the environment tells `variable`, in itself or by a file.
    static func isSet(_ variable: String, in environment: [String: String]) -> Bool {
        let names = variables.contains(variable) ? [variable, variable + "_FILE"] : [variable]
        return names.contains { environment[$0]?.isEmpty == false }
    }
}

/// Why a file gives no secret.
package struct SecretFileError: Error, Sendable, Equatable, CustomStringConvertible {
    package let path: String
    /// Follows the file's name in a sentence.
    package let problem: String

    package var description: String { "\(path) \(problem)" }
}
