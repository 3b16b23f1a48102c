-- The prelude has already ended what was due. → {'OK', how many, milliseconds until the next deadline or empty} | {'EPOCH'}
local first = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')
return {'OK', text(#due), first[2] and text(math.max(0, tonumber(first[2]) - now)) or ''}
