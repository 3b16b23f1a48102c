import Foundation
import Scenario

/// A suite that runs already, as a scenario's `environment:` describes it.
///
/// Nothing is started and nothing stopped.
package struct ConnectedSuite: Sendable {
    package let addresses: SuiteAddresses
    /// Nil where authentication is off.
    package let tokens: TokenMinter?

    /// Reads the secret that the description names.
    package init(_ target: TargetEnvironment) throws {
        addresses = SuiteAddresses(target)
        guard let path = addresses.authSecretFile else {
            tokens = nil
            return
        }
        tokens = try TokenMinter(secretFile: path)
    }

    /// Asks the gateway and every service behind it whether they are ready; of a bare server only whether it speaks HTTP.
    ///
    /// - Throws: naming everything that is not.
    package func checkReady(isBare: Bool) async throws {
        let health = isBare ? [await SuiteHealth.ofServer(addresses.gateway)] : await SuiteHealth.check(addresses)
        let problems = health.filter { !$0.isReady }
        guard problems.isEmpty else {
            throw EnvironmentError(
                "use the suite at \(addresses.gateway)",
                problems.map { "\($0.name): \($0.detail)" }.joined(separator: "; "),
                advice: "start it, or correct `environment:`; leave that out to run against an embedded suite"
            )
        }
    }
}
