import Contract

/// The database user of each service, as `ticketing migrate` makes them: none can do more than its service needs.
struct DatabaseUsers: Sendable {
    /// What `MYSQL_SERVICE_PASSWORDS_FILE` names; mode 0600.
    let file: String
    private let passwords: [ServiceName: String]
    private let port: Int

    /// Draws the passwords and writes them to a file in `directory`.
    static func make(in directory: String, of server: MariaDBServer) throws -> DatabaseUsers {
        let passwords = Dictionary(
            uniqueKeysWithValues: ServiceName.allCases.map { ($0, RandomSecret.hexadecimal(bytes: 16)) }
        )
        let lines = passwords.map { "\($0.key.rawValue)=\($0.value)\n" }.sorted()
        let file = directory + "/mysql.passwords"
        try Program.writePrivate(lines.joined(), to: file)
        return DatabaseUsers(file: file, passwords: passwords, port: server.port)
    }

    /// What the service gets as `MYSQL_URL`; `proxied` is the port of the proxy before MySQL, if it goes through one.
    func url(of service: ServiceName, through proxied: Int? = nil) -> String {
        let port = proxied ?? self.port
        let password = passwords[service] ?? ""
        return "mysql://\(service.databaseUser):\(password)@127.0.0.1:\(port)/\(MariaDBServer.database)"
    }
}
