package lair

import (
	"time"
)

var pingFrame = []byte(`{"type":"ping"}`)

// write sends requests as they are made, and pings, until the session ends.
func (l *Link) write(s *session) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	retry := time.NewTimer(0) // looks for work at once
	defer retry.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.wake:
		case <-retry.C:
		case <-ping.C:
			l.mu.Lock()
			s.pings = append(s.pings, nil)
			l.mu.Unlock()
			if err := s.t.write(writeTimeout, pingFrame); err != nil {
				s.stop() // the reader will notice
				return
			}
			continue
		}
		frames, again := l.take(s)
		if again > 0 {
			retry.Reset(again)
		}
		if len(frames) == 0 {
			continue
		}
		if err := s.t.write(writeTimeout, frames...); err != nil {
			l.opts.Log.Info("could not write", "err", err)
			s.stop()
			return
		}
	}
}
