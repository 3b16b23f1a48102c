import Contract
import Foundation
import Testing
import TicketingTestKit

extension ContractTests {
    /// How the payment mock is told to misbehave.
    @Suite struct PaymentFaultTests {
        @Test(
            "every distribution of delays can be set, is shown, and delays",
            arguments: [
                (#""constant","valueMs":2"#, PaymentFaults.Delay(distribution: .constant, valueMs: 2)),
                (#""uniform","minMs":1,"maxMs":3"#, PaymentFaults.Delay(distribution: .uniform, minMs: 1, maxMs: 3)),
                (
                    #""normal","meanMs":5,"deviationMs":0.5"#,
                    PaymentFaults.Delay(distribution: .normal, meanMs: 5, deviationMs: 0.5)
                ),
                (
                    #""lognormal","meanMs":3,"deviationMs":1"#,
                    PaymentFaults.Delay(distribution: .lognormal, meanMs: 3, deviationMs: 1)
                ),
            ]
        )
        func distributions(_ text: String, _ delay: PaymentFaults.Delay) async throws {
            let suite = try await ContractSuite.shared.value
            try await suite.withFaults(#"{"delay":{"distribution":\#(text)}}"#) {
                try await suite.succeed("authorizePayment")
                let seen = try await suite.succeed("getFaults").json(PaymentFaultsBody.self)
                #expect(seen.active?.delay == delay)
                #expect(seen.matched == 1)
                #expect(seen.delayed == 1)
            }
        }

        @Test("the document and the code know the same distributions")
        func documentedDistributions() {
            let delay = OpenAPIDocument.shared.schema("Faults")?["properties"]?["delay"]?["properties"]
            let names = delay?["distribution"]?["enum"]?.array?.compactMap(\.string)
            #expect(Set(names ?? []) == Set(PaymentFaults.Delay.Distribution.allCases.map(\.rawValue)))
            #expect(
                OpenAPIDocument.shared.schema("FaultsRequest")?["properties"]?["delay"]?["oneOf"]?.array?.count == 5
            )
        }

        @Test(
            "a delay that cannot be is refused, and what is wrong with it named",
            arguments: [
                (#"{"distribution":"weird"}"#, "delay.distribution"), (#"{"valueMs":1}"#, "delay.distribution"),
                (#"{"distribution":"constant"}"#, "delay.valueMs"),
                (#"{"distribution":"constant","valueMs":-1}"#, "delay.valueMs"),
                (#"{"distribution":"constant","valueMs":60001}"#, "delay.valueMs"),
                (#"{"distribution":"constant","valueMs":"1"}"#, "delay.valueMs"),
                (#"{"distribution":"uniform","minMs":3,"maxMs":1}"#, "delay.maxMs"),
                (#"{"distribution":"uniform","minMs":3}"#, "delay.maxMs"),
                (#"{"distribution":"normal","meanMs":3}"#, "delay.deviationMs"),
                (#"{"distribution":"lognormal","meanMs":0,"deviationMs":1}"#, "delay.meanMs"),
            ]
        )
        func badDelays(_ delay: String, _ field: String) async throws {
            let suite = try await ContractSuite.shared.value
            let answer = try await suite.call("putFaults") { $0.body = #"{"delay":\#(delay)}"# }
            #expect(answer.status == 422)
            #expect(answer.text.contains(field), "\(answer.text)")
        }

        @Test("shares that add up to more than all are refused, and so is an unknown preset")
        func otherRefusals() async throws {
            let suite = try await ContractSuite.shared.value
            for (body, field) in [
                (#"{"failRate":0.6,"errorRate":0.6}"#, "failRate"), (#"{"preset":"chaos"}"#, "preset"),
                (#"{"seed":-1}"#, "seed"), (#"{"ttlSeconds":0}"#, "ttlSeconds"),
            ] {
                let answer = try await suite.call("putFaults") { $0.body = body }
                #expect(answer.status == 422, "\(body)")
                #expect(answer.text.contains(field), "\(body)")
            }
        }

        @Test("equal seeds give equal sequences")
        func seeds() async throws {
            let suite = try await ContractSuite.shared.value
            func sequence(_ seed: Int) async throws -> [PaymentStatus] {
                try await suite.withFaults(#"{"failRate":0.5,"seed":\#(seed)}"#) {
                    var statuses: [PaymentStatus] = []
                    for _ in 0..<24 {
                        statuses.append(try await suite.succeed("authorizePayment").json(PaymentBody.self).status)
                    }
                    return statuses
                }
            }
            let first = try await sequence(7)
            #expect(try await sequence(7) == first)
            #expect(try await sequence(8) != first)
            #expect(Set(first) == [.success, .fail])
        }

        @Test("faults end by themselves when their time is up")
        func timeToLive() async throws {
            let suite = try await ContractSuite.shared.value
            let put = try await suite.succeed("putFaults") { $0.body = #"{"failRate":1,"ttlSeconds":0.3}"# }
            #expect(try put.json(PaymentFaultsBody.self).active?.ttlSeconds == 0.3)
            let isOver = try await eventually {
                try await suite.succeed("getFaults").json(PaymentFaultsBody.self).active == nil
            }
            #expect(isOver)
            #expect(try await suite.succeed("authorizePayment").json(PaymentBody.self).status == .success)
        }

        @Test("the preset is the reference behaviour, and what is said beside it goes before it")
        func preset() async throws {
            let suite = try await ContractSuite.shared.value
            try await suite.withFaults(#"{"preset":"reference"}"#) {
                let active = try await suite.succeed("getFaults").json(PaymentFaultsBody.self).active
                #expect(active?.delay == PaymentFaults.Delay(distribution: .uniform, minMs: 500, maxMs: 1500))
                #expect(active?.failRate == 0.2)
                #expect(active?.seed == 1)
                #expect(active?.ttlSeconds == 300)
            }
            try await suite.withFaults(#"{"preset":"reference","failRate":0.9}"#) {
                let active = try await suite.succeed("getFaults").json(PaymentFaultsBody.self).active
                #expect(active?.failRate == 0.9)
                #expect(active?.delay == PaymentFaults.reference.delay)
            }
        }
    }
}
