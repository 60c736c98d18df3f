-- Users who were online before the state was lost are so until all pods had
-- the time to renew. Who is on none of them is then swept and announced.
local users = split(ARGV[4])
if recent and #users > 0 then
  local told = redis.call('SMISMEMBER', gone, unpack(users))
  local scores = {}
  for i, user in ipairs(users) do
    if told[i] == 0 then
      scores[#scores + 1], scores[#scores + 2] = ms(epoch + expiry), user
    end
  end
  if #scores > 0 then redis.call('ZADD', online, 'NX', unpack(scores)) end
  keep()
end
return answer({}, {})
