if lacking then return answer({}, {}) end
local pod, presumed = ARGV[4], ARGV[5] == '1'
local arrived, departed = split(ARGV[6]), split(ARGV[7])
local came, went = {}, {}

if #arrived > 0 then
  local due = ms(now + expiry)
  local own = pod .. due
  local had = redis.call('ZMSCORE', online, unpack(arrived))
  local held = redis.call('HMGET', pods, unpack(arrived))
  -- Users of a pod that the caller knew nothing of are presumed to have been
  -- online before the state was lost, unless their departure was announced.
  local silent = presumed and recent and redis.call('SMISMEMBER', gone, unpack(arrived))
  local scores, entries = {}, {}
  for i, user in ipairs(arrived) do
    if not had[i] and not (silent and silent[i] == 0) then came[#came + 1] = user end
    scores[2 * i - 1], scores[2 * i] = due, user
    entries[2 * i - 1], entries[2 * i] = user, others(held[i] or '', pod) .. own
  end
  redis.call('ZADD', online, 'GT', unpack(scores))
  redis.call('HSET', pods, unpack(entries))
end

if #departed > 0 then
  local had = redis.call('ZMSCORE', online, unpack(departed))
  local held = redis.call('HMGET', pods, unpack(departed))
  local told = recent and redis.call('SMISMEMBER', gone, unpack(departed))
  local scores, entries, left = {}, {}, {}
  for i, user in ipairs(departed) do
    local rest, last = others(held[i] or '', pod)
    if rest ~= '' then
      scores[#scores + 1], scores[#scores + 2] = ms(last), user
      entries[#entries + 1], entries[#entries + 2] = user, rest
    else
      left[#left + 1] = user
      -- Soon after a loss, whoever is not here may have been.
      if had[i] or (told and told[i] == 0) then went[#went + 1] = user end
    end
  end
  if #scores > 0 then
    redis.call('ZADD', online, 'XX', unpack(scores))
    redis.call('HSET', pods, unpack(entries))
  end
  if #left > 0 then
    redis.call('ZREM', online, unpack(left))
    redis.call('HDEL', pods, unpack(left))
  end
  if #left > 0 and recent then
    redis.call('SADD', gone, unpack(left))
    redis.call('PEXPIREAT', gone, ms(epoch + expiry))
  end
end

keep()
return answer(came, went)
