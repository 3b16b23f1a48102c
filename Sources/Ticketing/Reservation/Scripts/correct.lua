-- Undoes a sale to the order (or, without an order, to the user) for which there were no tickets: a seat that has another's ticket is its
-- owner's, the others are free. ARGV: generation, order, user, trace, and for each seat: seat, 1 when it has a ticket, its order, its user
-- → {'OK', seat that was corrected…} | {'EPOCH'}
local order, user, trace = ARGV[2], ARGV[3], ARGV[4]

local answer = {'OK'}
for i = 5, #ARGV, 4 do
    local seat, hasTicket, owner, buyer = ARGV[i], ARGV[i + 1] == '1', ARGV[i + 2], ARGV[i + 3]
    local sold = redis.call('HMGET', soldKey(seat), 'order', 'user')
    local isTheirs = sold[1] == order and (order ~= '' or sold[2] == user)
    if isTheirs and not (hasTicket and owner == order and buyer == sold[2]) then
        local version = raise(seat)
        if hasTicket then
            redis.call('HSET', soldKey(seat), 'order', owner, 'user', buyer, 'version', version)
            announce('correct', seat, 'SOLD', 'SOLD', buyer, owner, trace, version)
        else
            redis.call('DEL', soldKey(seat))
            announce('correct', seat, 'SOLD', 'AVAILABLE', sold[2], order, trace, version)
        end
        answer[#answer + 1] = seat
    end
end
return answer
