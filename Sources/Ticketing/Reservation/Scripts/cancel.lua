-- Frees the seats that are still pinned to the order, and touches no other. ARGV: generation, order, trace, seat…
-- → {'OK', seat that was freed…} | {'EPOCH'}
local order, trace = ARGV[2], ARGV[3]

local answer = {'OK'}
for i = 4, #ARGV do
    local seat = ARGV[i]
    local held = readHold(seat)
    if held and held.order == order then
        dropHold(seat)
        announce('cancel', seat, 'HELD', 'AVAILABLE', held.user, order, trace, raise(seat))
        answer[#answer + 1] = seat
    end
end
return answer
