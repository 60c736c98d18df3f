// Package redisdb opens Redis.
package redisdb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Open returns a client of the Redis that raw names. It does not connect yet.
//
//	redis://[user:password@]host:port[/database]
//	rediss://...                                     the same through TLS
//	redis+sentinel://[user:password@]host:port,host:port/master[/database]
//
// An error never shows the password.
func Open(raw string) (redis.UniversalClient, error) {
	c, err := open(raw)
	if err == nil {
		c.AddHook(spans{})
	}
	return c, err
}

func open(raw string) (redis.UniversalClient, error) {
	if rest, ok := strings.CutPrefix(raw, "redis+sentinel://"); ok {
		return openSentinel(rest)
	}
	o, err := redis.ParseURL(raw)
	if err != nil {
		return nil, errors.New("must be like redis://host:6379 or redis+sentinel://host:26379/master")
	}
	o.MaxRetries, o.DialTimeout, o.ReadTimeout, o.WriteTimeout = 1, 2*time.Second, 2*time.Second, 2*time.Second
	return redis.NewClient(o), nil
}

func openSentinel(rest string) (redis.UniversalClient, error) {
	// Several hosts are no URL, so they are taken out before the rest is parsed.
	credentials, place := "", rest
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		credentials, place = rest[:i+1], rest[i+1:]
	}
	hosts, path, _ := strings.Cut(place, "/")
	u, err := url.Parse("redis://" + credentials + "sentinel/" + path)
	master, database, _ := strings.Cut(path, "/")
	if err != nil || hosts == "" || master == "" {
		return nil, errors.New("must be like redis+sentinel://host:26379,host:26379/master")
	}
	o := &redis.FailoverOptions{
		MasterName: master, SentinelAddrs: strings.Split(hosts, ","), Username: u.User.Username(),
		MaxRetries: 1, DialTimeout: 2 * time.Second, ReadTimeout: 2 * time.Second, WriteTimeout: 2 * time.Second,
	}
	o.Password, _ = u.User.Password()
	if database != "" {
		if _, err := fmt.Sscanf(database, "%d", &o.DB); err != nil {
			return nil, errors.New("the database after the master must be a number")
		}
	}
	return redis.NewFailoverClient(o), nil
}

// Ping is nil if the server answers.
func Ping(ctx context.Context, c redis.UniversalClient) error { return c.Ping(ctx).Err() }
