/// `epochMilliseconds` (since 1970) as ISO-8601 in UTC with milliseconds: `2026-03-01T12:30:00.250Z`.
///
/// Days are turned into a date by Howard Hinnant's `civil_from_days`, because a formatter costs a hundred times as much.
package func isoMilliseconds(_ epochMilliseconds: Int64) -> String {
    let day = floorDivide(epochMilliseconds, 86_400_000)
    var rest = Int(epochMilliseconds - day * 86_400_000)
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let milliseconds = rest % 1000
    rest /= 1000

    return String(unsafeUninitializedCapacity: 24) { buffer in
        write(Int(year), digits: 4, at: 0, of: buffer)
        buffer[4] = UInt8(ascii: "-")
        write(Int(month), digits: 2, at: 5, of: buffer)
        buffer[7] = UInt8(ascii: "-")
        write(Int(dayOfYear - (153 * monthIndex + 2) / 5 + 1), digits: 2, at: 8, of: buffer)
        buffer[10] = UInt8(ascii: "T")
        write(rest / 3600, digits: 2, at: 11, of: buffer)
        buffer[13] = UInt8(ascii: ":")
        write(rest / 60 % 60, digits: 2, at: 14, of: buffer)
        buffer[16] = UInt8(ascii: ":")
        write(rest % 60, digits: 2, at: 17, of: buffer)
        buffer[19] = UInt8(ascii: ".")
        write(milliseconds, digits: 3, at: 20, of: buffer)
        buffer[23] = UInt8(ascii: "Z")
        return 24
    }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
}

private func write(_ number: Int, digits: Int, at offset: Int, of buffer: UnsafeMutableBufferPointer<UInt8>) {
    var number = number
    for index in stride(from: offset + digits - 1, through: offset, by: -1) {
        buffer[index] = UInt8(ascii: "0") + UInt8(number % 10)
        number /= 10
    }
}
