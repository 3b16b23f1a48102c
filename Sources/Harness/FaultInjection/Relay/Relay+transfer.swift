import CLinux
import Glibc

/// Moving bytes.
///
/// Reading and delivering only set flags in the links; ``settle(_:_:)`` is the one place that draws the consequences, so a
/// connection is never closed under the feet of the code that is working on it.
extension Relay {
    /// A descriptor of a connection is ready: it is the source of one direction and the sink of the other.
    func transfer(_ token: Token, _ ready: UInt32, reading: Stream, writing: Stream) {
        let index = token.index
        guard let slot = slab.slot(index, generation: token.generation) else { return }
        guard slot.pointee.phase == .open else { return dialled(index, slot) }
        let failing = EPOLLHUP.rawValue | EPOLLERR.rawValue
        if ready & (EPOLLIN.rawValue | failing) != 0, slab.link(index, reading).pointee.wantsToRead {
            read(index, slot, reading)
        }
        if ready & (EPOLLOUT.rawValue | failing) != 0, slab.link(index, writing).pointee.blocked {
            deliver(index, slot, writing)
        }
        settle(index, slot)
    }

    /// The head of a delay line is due.
    func alarm(_ token: Token, _ stream: Stream, due: UInt64) {
        let index = token.index
        guard let slot = slab.slot(index, generation: token.generation) else { return }
        let link = slab.link(index, stream)
        // Another due time was set since; its own alarm will come.
        guard link.pointee.alarm == due else { return }
        link.pointee.alarm = 0
        deliver(index, slot, stream)
        settle(index, slot)
    }

    /// Closes the connection if it is over, otherwise watches for what is needed next.
    func settle(_ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>) {
        let up = slab.link(index, .upstream)
        let down = slab.link(index, .downstream)
        if up.pointee.isCutOff || down.pointee.isCutOff {
            return closeConnection(index, slot, reset: true)
        }
        if let cut = dueCut(up) ?? dueCut(down) {
            return closeConnection(index, slot, reset: cut.resets)
        }
        if up.pointee.isFinished, down.pointee.isFinished {
            return closeConnection(index, slot, reset: false)
        }
        // Whoever does not read our answers, which cost the upstream nothing, is not read either.
        let hasRoom = slot.pointee.conversation == nil || down.pointee.line.room > 0
        let client = interest(reading: up.pointee.wantsToRead && hasRoom, writing: down)
        watch(
            slot.pointee.client,
            client,
            Token(.client, index: index, generation: slot.pointee.generation),
            previously: slot.pointee.clientInterest
        )
        slot.pointee.clientInterest = client
        let upstream = interest(reading: down.pointee.wantsToRead, writing: up)
        watch(
            slot.pointee.upstream,
            upstream,
            Token(.upstream, index: index, generation: slot.pointee.generation),
            previously: slot.pointee.upstreamInterest
        )
        slot.pointee.upstreamInterest = upstream
    }

    /// Counts it, for the toxics that ordered it.
    private func dueCut(_ link: UnsafeMutablePointer<Link>) -> Cut? {
        guard let cut = link.pointee.cut, !cut.delivers || link.pointee.line.isEmpty, cut.due <= monotonicNow() else {
            return nil
        }
        link.pointee.countCut()
        return cut
    }

    private func interest(reading: Bool, writing: UnsafeMutablePointer<Link>) -> UInt32 {
        var interest: UInt32 = 0
        if reading {
            interest |= EPOLLIN.rawValue
        }
        if writing.pointee.blocked {
            interest |= EPOLLOUT.rawValue
        }
        return interest
    }

    /// Reads once, so that no connection starves the others, and passes on what may go at once.
    private func read(_ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>, _ stream: Stream) {
        let link = slab.link(index, stream)
        let size = min(Self.readSize, link.pointee.line.room)
        let length = recv(slot.pointee.source(stream), scratch, size, 0)
        guard length > 0 else {
            if length == 0 || (errno != EAGAIN && errno != EINTR) {
                link.pointee.sourceEnded = true
                link.pointee.sourceReset = length < 0
                if let conversation = slot.pointee.conversation {
                    conversation.end(stream)
                    admit(conversation, index, slot)
                }
                link.pointee.end(at: monotonicNow())
                deliver(index, slot, stream)
            }
            return
        }
        if stream == .upstream {
            slot.pointee.proxy.upstreamBytes += UInt64(length)
        } else {
            slot.pointee.proxy.downstreamBytes += UInt64(length)
        }
        if let conversation = slot.pointee.conversation,
            !conversation.feed(stream, UnsafeRawBufferPointer(start: scratch, count: length))
        {
            admit(conversation, index, slot)
        } else {
            pass(length, index, slot, stream)
        }
        link.pointee.paused = link.pointee.line.room == 0
    }

    /// Passes on what was read.
    private func pass(_ length: Int, _ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>, _ stream: Stream) {
        let link = slab.link(index, stream)
        if link.pointee.chain.isEmpty, link.pointee.line.isEmpty {
            guard let sent = send(scratch, length, slot, stream, link) else { return }
            link.pointee.line.append(scratch.advanced(by: sent), length - sent, due: 0)
        } else {
            // The time is read after the bytes: an earlier one would let them leave before they have waited long enough.
            link.pointee.admit(scratch, [Piece(length: length, due: monotonicNow())])
            if !link.pointee.blocked {
                deliver(index, slot, stream)
            }
        }
    }

    /// Writes what is due, passes the end on when all is out, and sets the alarm for what is not yet due.
    func deliver(_ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>, _ stream: Stream) {
        guard slot.pointee.phase == .open else { return }
        let link = slab.link(index, stream)
        guard !link.pointee.sinkGone else { return }
        link.pointee.blocked = false
        let now = monotonicNow()
        if let cut = link.pointee.cut, cut.due > now {
            setAlarm(index, slot, stream, due: cut.due)
        }
        while !link.pointee.blocked, let ready = link.pointee.line.ready(at: now) {
            guard let sent = send(ready.bytes, ready.length, slot, stream, link) else { return }
            link.pointee.line.remove(sent)
        }
        if link.pointee.paused, link.pointee.line.isHalfEmpty {
            link.pointee.paused = false
        }
        if link.pointee.line.isEmpty {
            if link.pointee.sourceEnded, !link.pointee.sourceReset, !link.pointee.sinkShut, !link.pointee.swallowsEnd {
                if link.pointee.endDue > now {
                    setAlarm(index, slot, stream, due: link.pointee.endDue)
                } else {
                    link.pointee.sinkShut = true
                    shutdown(slot.pointee.sink(stream), Int32(SHUT_WR))
                }
            }
        } else if !link.pointee.blocked, let due = link.pointee.line.firstDue {
            setAlarm(index, slot, stream, due: due)
        }
    }

    /// - Returns: the bytes that the kernel took, fewer than `length` if the sink is now blocked; nil if it is gone.
    private func send(
        _ bytes: UnsafeRawPointer,
        _ length: Int,
        _ slot: UnsafeMutablePointer<ConnectionSlot>,
        _ stream: Stream,
        _ link: UnsafeMutablePointer<Link>
    ) -> Int? {
        let sent = Glibc.send(slot.pointee.sink(stream), bytes, length, Int32(MSG_NOSIGNAL))
        if sent < 0, errno != EAGAIN, errno != EINTR {
            link.pointee.sinkGone = true
            link.pointee.blocked = false
            link.pointee.line.release()
            return nil
        }
        link.pointee.blocked = sent < length
        return max(0, sent)
    }

    private func setAlarm(_ index: Int, _ slot: UnsafeMutablePointer<ConnectionSlot>, _ stream: Stream, due: UInt64) {
        let link = slab.link(index, stream)
        guard link.pointee.alarm == 0 || due < link.pointee.alarm else { return }
        link.pointee.alarm = due
        let kind: Token.Kind = stream == .upstream ? .upstreamAlarm : .downstreamAlarm
        timers.insert(due: due, Token(kind, index: index, generation: slot.pointee.generation))
    }
}
