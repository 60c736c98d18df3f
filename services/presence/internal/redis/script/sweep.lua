if lacking or now < settled then return answer({}, {}) end
local went = redis.call('ZRANGEBYSCORE', online, '-inf', ms(now), 'LIMIT', 0, tonumber(ARGV[4]))
if #went > 0 then
  redis.call('ZREM', online, unpack(went))
  redis.call('HDEL', pods, unpack(went))
end
return answer({}, went)
