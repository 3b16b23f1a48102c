/// The commands of the protocol, by their first byte.
enum MySQLCommand: UInt8 {
    case quit = 0x01
    case initDatabase = 0x02
    case query = 0x03
    case fieldList = 0x04
    case createDatabase = 0x05
    case dropDatabase = 0x06
    case refresh = 0x07
    case statistics = 0x09
    case processInfo = 0x0A
    case processKill = 0x0C
    case debug = 0x0D
    case ping = 0x0E
    case prepare = 0x16
    case execute = 0x17
    case sendLongData = 0x18
    case closeStatement = 0x19
    case resetStatement = 0x1A
    case setOption = 0x1B
    case fetch = 0x1C
    case resetConnection = 0x1F
    /// MariaDB's.
    case executeBulk = 0xFA

    /// The shape of its reply; nil: there is none.
    var reply: MySQLReplyParser.Shape? {
        switch self {
        case .quit, .sendLongData, .closeStatement: nil
        case .query, .execute, .executeBulk, .processInfo: .resultSets
        case .prepare: .prepared
        case .fieldList, .fetch: .rows
        case .statistics: .packet
        default: .status
        }
    }
}
