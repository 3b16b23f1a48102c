import Foundation
import Yams

/// Reads `data:`: the feeders, and the files that they name.
struct DataReader {
    private static let maximumBytes = 64 << 20
    static let maximumRows = 1_000_000
    static let maximumColumns = 100

    let context: ReadingContext

    func read(_ reader: NodeReader?, events: [EventTemplate]) -> [DataFeeder] {
        guard let reader, let feeders = reader.mapping("feeders by name: { fans: { file: fans.csv } }") else {
            return []
        }
        return feeders.entries.enumerated().compactMap { index, entry in
            _ = Name.checkVariable(
                entry.key,
                at: entry.keyPosition,
                path: entry.value.path,
                in: context,
                events: events
            )
            guard let fields = entry.value.mapping("a feeder: { file: fans.csv, pick: unique }") else { return nil }
            let pick = fields.optional("pick")?.choice(DataFeeder.Pick.self, "sequential, random or unique")
            let table = table(fields)
            fields.finish()
            return DataFeeder(
                name: entry.key,
                columns: table.columns,
                rows: table.rows.isEmpty ? [table.columns.map { _ in .none }] : table.rows,
                pick: pick ?? .sequential,
                index: index,
                position: entry.keyPosition
            )
        }
    }

    private func table(_ fields: MappingReader) -> DataTable {
        let file = fields.optional("file")
        let list = fields.optional("list")
        switch (file, list) {
        case (let file?, nil): return read(file)
        case (nil, let list?): return inline(list)
        case (_?, let list?): list.error("a feeder has a file or a list, not both")
        case (nil, nil):
            if fields.unknown.isEmpty {
                fields.reader.error("a feeder needs `file: NAME.csv` or `list: [ { name: … } ]`")
            }
        }
        return DataTable()
    }

    // MARK: Files

    private func read(_ reader: NodeReader) -> DataTable {
        guard let name = reader.string("the name of a .csv or .jsonl file") else { return DataTable() }
        let path = name.hasPrefix("/") ? name : context.directory + name
        let isCSV = name.hasSuffix(".csv")
        guard isCSV || name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") else {
            reader.error("expected a .csv, .jsonl or .ndjson file, found \(reader.found)")
            return DataTable()
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            reader.error("there is no file \(path), or it may not be read; names are relative to the scenario's folder")
            return DataTable()
        }
        guard data.count <= Self.maximumBytes else {
            reader.error("\(path) has \(data.count) bytes; at most \(Self.maximumBytes) are read")
            return DataTable()
        }
        let bytes = Array(data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            reader.error("\(path) is not UTF-8")
            return DataTable()
        }
        var table = DataTable()
        if isCSV { table.readCSV(bytes) } else { table.readJSONLines(bytes) }
        for mistake in table.mistakes {
            context.add(inFile: path, mistake.position, reader.path, mistake.message, line: mistake.line)
        }
        if table.mistakes.isEmpty, table.rows.isEmpty { reader.error("\(path) has no rows") }
        return table
    }

    // MARK: A list in the scenario

    private func inline(_ reader: NodeReader) -> DataTable {
        var table = DataTable()
        guard let rows = reader.sequence("a list of rows: [ { name: ada }, … ]") else { return table }
        if rows.isEmpty { reader.error("expected at least one row") }
        for row in rows {
            guard let fields = row.mapping("a row: { name: ada }") else { continue }
            let values = fields.entries.compactMap { entry -> (String, Value)? in
                scalar(entry.value).map { (entry.key, $0) }
            }
            guard values.count == fields.entries.count else { continue }
            if let problem = table.add(values) { row.error(problem) }
        }
        return table
    }

    private func scalar(_ reader: NodeReader) -> Value? {
        guard case .scalar(let scalar) = reader.node else {
            reader.error("expected a text, a number, true or false, found \(reader.found)")
            return nil
        }
        if scalar.style == .plain, let value = JSONBodyReader.plain(scalar.string) { return value }
        return .text(scalar.string)
    }

    // MARK: Which load has which rows

    /// Gives each load its part of the rows that are unique, and notes where there are too few.
    func assign(_ feeders: [DataFeeder], to loads: [LoadSpec]) -> [DataFeeder] {
        feeders.enumerated().map { index, feeder in
            var feeder = feeder
            var wanted = 0
            var parts: [String] = []
            for load in loads {
                feeder.firstRows.append(wanted)
                guard load.feeders.contains(index) else { continue }
                wanted += load.usersInAll
                parts.append("load \(load.name) has \(load.usersInAll)")
            }
            if feeder.pick == .unique, wanted > feeder.rows.count {
                context.add(
                    feeder.position,
                    "data.\(feeder.name)",
                    "\(wanted) users need a row each, and there are \(feeder.rows.count) rows"
                        + " (\(parts.joined(separator: ", "))); add rows, or pick: sequential"
                )
            }
            return feeder
        }
    }
}

extension LoadSpec {
    /// All users that it ever has: in a storm every wave has its own.
    var usersInAll: Int {
        guard case .storm(let storm) = executor else { return users }
        return storm.users * storm.waves
    }
}
