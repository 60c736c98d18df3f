package redis_test

import (
	"errors"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// ageScript lets time pass for everything that the registry keeps: it moves
// all that was noted into the past, because nobody can move the clock of the
// server.
var ageScript = goredis.NewScript(`
local d = tonumber(ARGV[1])
local function ms(t) return string.format('%013.0f', t) end
local function expire(key)
  local left = redis.call('PTTL', key)
  if left >= 0 then redis.call('PEXPIRE', key, string.format('%.0f', left - d)) end
end
local online = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #online, 2 do redis.call('ZADD', KEYS[1], ms(tonumber(online[i + 1]) - d), online[i]) end
local pods = redis.call('HGETALL', KEYS[2])
for i = 1, #pods, 2 do
  local aged = ''
  for k = 1, #pods[i + 1], 21 do
    aged = aged .. pods[i + 1]:sub(k, k + 7) .. ms(tonumber(pods[i + 1]:sub(k + 8, k + 20)) - d)
  end
  redis.call('HSET', KEYS[2], pods[i], aged)
end
local clock = redis.call('HGETALL', KEYS[3])
for i = 1, #clock, 2 do
  redis.call('HSET', KEYS[3], clock[i], ms(tonumber(clock[i + 1]) - d))
end
for _, key in ipairs(redis.call('KEYS', 'lair:{presence}:*')) do expire(key) end
`)

func age(tb testing.TB, c goredis.UniversalClient, d time.Duration) {
	tb.Helper()
	ms := (d + time.Millisecond - 1).Milliseconds()
	keys := []string{"lair:{presence}:online", "lair:{presence}:pods", "lair:{presence}:clock"}
	if err := ageScript.Run(tb.Context(), c, keys, ms).Err(); err != nil && !errors.Is(err, goredis.Nil) {
		tb.Fatal(err)
	}
}
