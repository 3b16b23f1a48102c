import Contract
import MySQLClient

/// Makes a database user for each service that has a password, with the rights of ``ServiceGrants`` and no others.
///
/// Safe to repeat: a user that is there gets the password and the rights of now. The tables must be there.
///
/// - Parameters:
///   - mysql: A user that may create users and has what it grants.
///   - passwords: Of the services that are to have a user.
/// - Throws: `MySQLError`.
package func grantServices(_ mysql: MySQLClient, _ passwords: ServicePasswords) async throws {
    try await mysql.withConnection { connection in
        for (service, password) in passwords.passwords.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let user = "'\(service.databaseUser)'@'%'"
            _ = try connection.execute("CREATE USER IF NOT EXISTS \(user) IDENTIFIED BY '\(password)'")
            _ = try connection.execute("ALTER USER \(user) IDENTIFIED BY '\(password)'")
            _ = try connection.execute("REVOKE ALL PRIVILEGES, GRANT OPTION FROM \(user)")
            for (table, privileges) in ServiceGrants.privileges(of: service) {
                _ = try connection.execute("GRANT \(privileges) ON \(table) TO \(user)")
            }
        }
    }
}
