// Package redisdb opens Redis.
package redisdb

import (
	"context"
	"errors"
	"fmt"
	"net"
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
//	redis+cluster://[user:password@]host:port,host:port
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
	if rest, ok := strings.CutPrefix(raw, "redis+cluster://"); ok {
		return openCluster(rest)
	}
	o, err := redis.ParseURL(raw)
	if err != nil {
		return nil, errors.New("must be like redis://host:6379, redis+sentinel://host:26379/master or redis+cluster://host:6379,host:6379")
	}
	o.MaxRetries, o.DialTimeout, o.ReadTimeout, o.WriteTimeout = 1, 2*time.Second, 2*time.Second, 2*time.Second
	return redis.NewClient(o), nil
}

func openSentinel(rest string) (redis.UniversalClient, error) {
	credentials, hosts, path := parts(rest)
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

// parts takes several hosts out of what would be a URL with one.
func parts(rest string) (credentials, hosts, path string) {
	place := rest
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		credentials, place = rest[:i+1], rest[i+1:]
	}
	hosts, path, _ = strings.Cut(place, "/")
	return credentials, hosts, path
}

// openCluster needs some of the nodes only: they know the others.
func openCluster(rest string) (redis.UniversalClient, error) {
	credentials, hosts, path := parts(rest)
	u, err := url.Parse("redis://" + credentials + "cluster")
	if err != nil || hosts == "" || path != "" {
		return nil, errors.New("must be like redis+cluster://host:6379,host:6379, and has no database")
	}
	o := &redis.ClusterOptions{
		Addrs: strings.Split(hosts, ","), Username: u.User.Username(),
		// Another try asks who has taken the place of a master, so there are more
		// than with one server, and each is shorter.
		MaxRedirects: 3, DialerRetries: 1,
		DialTimeout: 2 * time.Second, ReadTimeout: 2 * time.Second, WriteTimeout: 2 * time.Second,
	}
	o.Password, _ = u.User.Password()
	for _, addr := range o.Addrs {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return nil, errors.New("each host of a cluster must have a port, such as host:6379")
		}
	}
	return redis.NewClusterClient(o), nil
}

// Ping is nil if the server answers; of a cluster, if every master does.
func Ping(ctx context.Context, c redis.UniversalClient) error {
	if cluster, ok := c.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return node.Ping(ctx).Err() })
	}
	return c.Ping(ctx).Err()
}
