-- begin.lua stands before each of the scripts. All times are milliseconds of
-- the server's clock, so that the clocks of the services do not matter.
--
-- online  sorted set: user -> when the last of its entries expires
-- pods    hash: user -> its entries, 21 bytes each: pod (8), expiry (13 digits)
-- clock   hash: epoch (when this state began), seen (the last script),
--         settled (nothing expires before)
-- gone    set: users announced as gone soon after the epoch
local online, pods, clock, gone = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local expiry, outage, known = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local state = redis.call('HMGET', clock, 'epoch', 'seen', 'settled')
local epoch, seen, settled = tonumber(state[1]), tonumber(state[2]), tonumber(state[3])
if not (epoch and seen and settled) then
  epoch, settled = now, now + expiry
elseif now - seen > outage then
  settled = now + expiry -- nobody could renew: nobody is late
end
local function ms(t) return string.format('%013.0f', t) end
redis.call('HSET', clock, 'epoch', ms(epoch), 'seen', ms(now), 'settled', ms(settled))
redis.call('PEXPIREAT', clock, ms(now + 4 * expiry))

-- Soon after the epoch the state may lack users who were online before.
local recent = now < epoch + expiry
-- The caller gives back what it knows first, if it has not yet.
local lacking = recent and known ~= ms(epoch)

-- keep makes the state die with the pods: whoever holds users renews them.
local function keep()
  redis.call('PEXPIREAT', online, ms(now + 4 * expiry))
  redis.call('PEXPIREAT', pods, ms(now + 4 * expiry))
end

local function split(ids)
  local list = {}
  for i = 1, #ids, 16 do list[#list + 1] = string.sub(ids, i, i + 15) end
  return list
end

-- others returns the entries but for those of the pod and those that have
-- expired, and when the last of them expires.
local function others(entries, pod)
  local rest, last = '', 0
  for i = 1, #entries, 21 do
    if string.sub(entries, i, i + 7) ~= pod then
      local due = tonumber(string.sub(entries, i + 8, i + 20))
      if due > now or now < settled then
        rest, last = rest .. string.sub(entries, i, i + 20), math.max(last, due)
      end
    end
  end
  return rest, last
end

local function answer(came, went)
  return {ms(epoch), lacking and 1 or 0, table.concat(came), table.concat(went)}
end
