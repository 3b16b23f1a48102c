import Contract
import RedisClient

/// The Lua scripts that change seats, each one atomic: it checks, changes, raises the version and announces.
///
/// A value, so that a build with a seeded bug can replace one; see `TicketingVariations`.
package struct SeatScripts: Sendable {
    package let hold: RedisScript
    package let extend: RedisScript
    package let release: RedisScript
    package let sell: RedisScript
    package let pin: RedisScript
    package let confirm: RedisScript
    package let cancel: RedisScript
    package let sweep: RedisScript
    package let correct: RedisScript

    /// The scripts, with those in `replacements` (by name, without the prelude) instead of their own.
    package init(replacing replacements: [String: String] = [:]) {
        func script(_ name: String, _ bytes: [UInt8]) -> RedisScript {
            RedisScript(Self.prelude + "\n" + (replacements[name] ?? String(decoding: bytes, as: UTF8.self)))
        }
        hold = script("hold", PackageResources.hold_lua)
        extend = script("extend", PackageResources.extend_lua)
        release = script("release", PackageResources.release_lua)
        sell = script("sell", PackageResources.sell_lua)
        pin = script("pin", PackageResources.pin_lua)
        confirm = script("confirm", PackageResources.confirm_lua)
        cancel = script("cancel", PackageResources.cancel_lua)
        sweep = script("sweep", PackageResources.sweep_lua)
        correct = script("correct", PackageResources.correct_lua)
    }

    /// What every script begins with: the epoch, the clock, and the end of what is due.
    package static let prelude = String(decoding: PackageResources.prelude_lua, as: UTF8.self)
}
