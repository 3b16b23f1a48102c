import CLinux
import Foundation
import Glibc

/// The supervisor itself: the process that is the parent of every server, and the reason why none outlives its owner.
///
/// It reads one JSON line a command from standard input and answers on standard output. At the end of standard input,
/// however that came about (the owner's exit, a crash, SIGKILL), it kills every process group, waits for every
/// process, removes its folder and exits. It is the subreaper of what it starts, so workers whose parent was killed
/// come back to it. It uses one thread, and never waits for anything but `poll`.
///
/// Other processes of the same user may disrupt servers through the socket `control` of its folder.
package struct SupervisorLoop {
    private let directory: String
    private let keepsDirectory: Bool
    private let signals: Int32
    private var links: SupervisorLinks
    private var servers: [String: SupervisedServer] = [:]
    private var isDetached = false
    private var shutdownReply: ReplyAddress?

    /// How long, in milliseconds, killed processes may take to disappear before the supervisor gives up on them.
    private static let killDeadline: UInt64 = 10_000
    /// How long, in milliseconds, the kernel may take to show a disruption.
    private static let proofDeadline: UInt64 = 3_000
    /// The longest lease, in milliseconds.
    private static let longestLease = 3_600_000

    /// Runs until its owner is gone or says so; returns the exit code.
    package static func run(directory: String, keepsDirectory: Bool, standsBack: Bool) -> Int32 {
        do {
            var loop = try SupervisorLoop(directory: directory, keepsDirectory: keepsDirectory, standsBack: standsBack)
            return try loop.run()
        } catch {
            log("\(error)")
            return 1
        }
    }

    private init(directory: String, keepsDirectory: Bool, standsBack: Bool) throws {
        self.directory = directory
        self.keepsDirectory = keepsDirectory
        signal(SIGPIPE, SIG_IGN)
        signals = try SignalPipe.open(catching: [SIGCHLD, SIGTERM, SIGINT, SIGHUP])
        guard linux_become_subreaper() == 0 else {
            throw EnvironmentError("become the subreaper of the servers", String(cString: strerror(errno)))
        }
        // Servers with thousands of connections need more files than the usual soft limit.
        FileLimit.raise()
        if standsBack { Self.standBack() }
        try ProcessGroup.write([], directory: directory)
        links = SupervisorLinks(listener: try ControlSocket.listen(in: directory))
    }

    /// Lets the load generator go first where it shares the machine.
    ///
    /// A storm is released in one instant, and what the servers do with it
    /// then takes as long as before. Without it they take half of the generator's core while it still releases.
    private static func standBack() {
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        // Where the kernel groups processes by session (sched(7), "autogroup"), only the group's own value counts between groups.
        guard let file = fopen("/proc/self/autogroup", "w") else { return }
        fputs("10", file)
        fclose(file)
    }

    private mutating func run() throws -> Int32 {
        while true {
            var polled = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)] + links.polled
            _ = poll(&polled, nfds_t(polled.count), nextTimeout())
            let caught = SignalPipe.drain(signals)
            reap()
            escalate()
            proveDisruptions()
            endLeases()
            if !caught.isDisjoint(with: [SIGTERM, SIGINT, SIGHUP]) { break }
            let (requests, ended) = links.read(polled.dropFirst())
            for (link, request) in requests { obey(request, of: link) }
            for link in ended { endLeases(of: link) }
            if ended.contains(ReplyAddress.owner), !isDetached { break }
            if shutdownReply != nil { break }
        }
        let survivors = killEverything()
        if !keepsDirectory { try? FileManager.default.removeItem(atPath: directory) }
        if let shutdownReply {
            answer(shutdownReply, SupervisorMessage(failure: survivors.isEmpty ? nil : "left: \(survivors)"))
        }
        return survivors.isEmpty ? 0 : 1
    }

    // MARK: Commands

    private mutating func obey(_ request: SupervisorRequest, of link: Int) {
        let reply = ReplyAddress(link: link, id: request.id)
        do {
            guard link == ReplyAddress.owner || request.command.isForAnyone else {
                throw EnvironmentError("obey", "only the owner may ask for \(request.command)")
            }
            switch request.command {
            case .start:
                guard let spec = request.spec else { throw EnvironmentError("start a server", "no specification") }
                if let running = servers[spec.name], running.isRunning {
                    throw EnvironmentError("start \(spec.name)", "it runs already as pid \(running.pid)")
                }
                try start(spec, answering: reply)
            case .signal:
                var server = try server(request.name)
                try server.send(request.signal ?? 0)
                servers[server.spec.name] = server
                answer(reply, SupervisorMessage(process: server.process))
            case .stop, .restart:
                var server = try server(request.name)
                if let waiting = server.lease?.waiting {
                    answer(waiting, SupervisorMessage(failure: "it was told to \(request.command)"))
                }
                server.beginStop(
                    reply: reply,
                    restarts: request.command == .restart,
                    deadline: Self.now() + UInt64(max(0, request.graceMilliseconds ?? 0))
                )
                servers[server.spec.name] = server
                finishStops()
            case .disrupt: try disrupt(request, reply)
            case .restore:
                let server = try server(request.name)
                guard server.lease != nil else {
                    throw EnvironmentError("restore \(server.spec.name)", "nothing was done to it, or it has ended")
                }
                restore(server, answering: reply)
            case .detach:
                isDetached = true
                answer(reply, SupervisorMessage())
            case .shutdown:
                shutdownReply = reply
            }
        } catch {
            answer(reply, SupervisorMessage(failure: (error as? EnvironmentError)?.problem ?? "\(error)"))
        }
    }

    // MARK: Disruptions

    private mutating func disrupt(_ request: SupervisorRequest, _ reply: ReplyAddress) throws {
        var server = try server(request.name)
        guard let kind = request.disruption, let lease = request.leaseMilliseconds,
            (1...Self.longestLease).contains(lease)
        else {
            throw EnvironmentError("disrupt \(server.spec.name)", "a kind and a lease of at most an hour are needed")
        }
        let now = Self.now()
        let end = now + UInt64(lease)
        try server.disrupt(kind, until: end, provenBy: now + Self.proofDeadline, reply: reply)
        servers[server.spec.name] = server
        proveDisruptions()
    }

    /// Answers those who wait for a disruption once the kernel shows it, of every process; undoes it if it never does.
    private mutating func proveDisruptions() {
        for server in servers.values {
            guard let lease = server.lease, let waiting = lease.waiting else { continue }
            let (effect, isWhole) = lease.effect()
            guard isWhole || Self.now() >= lease.provenBy else { continue }
            servers[server.spec.name]?.lease?.waiting = nil
            if isWhole {
                answer(waiting, SupervisorMessage(process: server.process, effect: effect))
            } else {
                answer(waiting, SupervisorMessage(failure: "only \(effect) of its processes took it"))
                restore(server, answering: nil)
            }
        }
    }

    private mutating func restore(_ server: SupervisedServer, answering reply: ReplyAddress?) {
        var server = server
        let effect = server.restore(reply: reply, now: Self.now())
        servers[server.spec.name] = server
        if let effect {
            if let reply { answer(reply, SupervisorMessage(process: server.process, effect: effect)) }
        } else {
            finishStops()
        }
    }

    private mutating func endLeases() {
        let now = Self.now()
        for server in servers.values {
            guard let lease = server.lease, lease.end <= now else { continue }
            Self.log("the lease of \(lease.kind) \(server.spec.name) has ended")
            restore(server, answering: nil)
        }
    }

    /// Ends what somebody asked for who is gone.
    private mutating func endLeases(of link: Int) {
        for server in servers.values where server.lease?.owner == link { restore(server, answering: nil) }
    }

    private func server(_ name: String?) throws -> SupervisedServer {
        guard let name, let server = servers[name] else {
            throw EnvironmentError("find a server", "no server is called \(name ?? "(nothing)")")
        }
        return server
    }

    private mutating func start(_ spec: ProcessSpec, answering reply: ReplyAddress?, effect: Int? = nil) throws {
        let spawn = Spawn(
            executable: spec.executable,
            arguments: spec.arguments,
            environment: Spawn.baseEnvironment().merging(spec.environment) { $1 },
            workingDirectory: spec.workingDirectory,
            standing: .group,
            standard: .log(spec.logFile)
        )
        let server = SupervisedServer(spec: spec, pid: try spawn.start())
        servers[spec.name] = server
        record()
        if let reply { answer(reply, SupervisorMessage(process: server.process, effect: effect)) }
        // The owner hears of what others, or a lease's end, started.
        if reply?.link != ReplyAddress.owner { links.send(SupervisorMessage(process: server.process)) }
    }

    // MARK: Ends of processes

    private mutating func reap() {
        var exits: [ProcessExit] = []
        var isChanged = false
        var status: Int32 = 0
        while true {
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { break }
            isChanged = true
            guard var server = servers.values.first(where: { $0.pid == pid && $0.isRunning }) else { continue }
            exits.append(server.end(status: status))
            servers[server.spec.name] = server
        }
        guard isChanged else { return }
        for name in servers.keys { servers[name]?.noteGroup() }
        // Recorded first: whoever hears of an end may read the record.
        record()
        for exit in exits { links.send(SupervisorMessage(exit: exit)) }
        finishStops()
    }

    /// Answers the stops whose server is gone with all its workers, which would keep its port, and starts it again
    /// where that was asked.
    private mutating func finishStops() {
        for server in servers.values where !server.isRunning {
            guard let stop = server.stop else { continue }
            guard server.isGroupGone else {
                server.killGroup()
                continue
            }
            servers[server.spec.name]?.stop = nil
            guard stop.restarts else {
                if let reply = stop.reply { answer(reply, SupervisorMessage(process: server.process)) }
                continue
            }
            do {
                try start(server.spec, answering: stop.reply, effect: stop.effect)
            } catch {
                Self.log("\(error)")
                guard let reply = stop.reply else { continue }
                answer(reply, SupervisorMessage(failure: (error as? EnvironmentError)?.problem ?? "\(error)"))
            }
        }
    }

    /// Kills the groups of those that were asked to stop and did not within their grace.
    private func escalate() {
        for server in servers.values where server.isRunning {
            if let stop = server.stop, Self.now() >= stop.deadline { server.killGroup() }
        }
    }

    /// Kills until no process is left; returns the ids of what could not be ended within the deadline.
    private mutating func killEverything() -> [Int32] {
        let deadline = Self.now() + Self.killDeadline
        while true {
            for server in servers.values { server.killGroup() }
            // What left its group (a daemon) has become our child by now, or will once its parent is dead.
            let children = Self.children()
            for child in children { kill(child, SIGKILL) }
            reap()
            var status: Int32 = 0
            if waitpid(-1, &status, WNOHANG) == -1, errno == ECHILD { return [] }
            guard Self.now() < deadline else {
                Self.log("gave up on processes \(children)")
                return children
            }
            var polled = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
            _ = poll(&polled, 1, 20)
            _ = SignalPipe.drain(signals)
        }
    }

    // MARK: The world outside

    private func record() {
        let groups = servers.values.filter { !$0.isGroupGone }.map(\.group)
        do {
            try ProcessGroup.write(groups.sorted { $0.id < $1.id }, directory: directory)
        } catch {
            Self.log("could not record the process groups in \(directory): \(error)")
        }
    }

    private func answer(_ reply: ReplyAddress, _ message: SupervisorMessage) {
        var message = message
        message.id = reply.id
        links.send(message, to: reply.link)
    }

    /// Milliseconds until a grace or a lease ends, for `poll`; -1 when there is none.
    private func nextTimeout() -> Int32 {
        let graces = servers.values.compactMap { server in server.stop.map { server.isRunning ? $0.deadline : 0 } }
        let leases = servers.values.compactMap { server in server.lease.map { $0.waiting == nil ? $0.end : 0 } }
        guard let next = (graces + leases).min() else { return -1 }
        let now = Self.now()
        // What was signalled is on its way: look again soon.
        return next <= now ? 10 : Int32(clamping: next - now)
    }

    private static func children() -> [Int32] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return threads.flatMap { thread in
            let text = (try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { Int32($0) }
        }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    private static func log(_ text: String) {
        FileHandle.standardError.write(Data("supervisor: \(text)\n".utf8))
    }
}
