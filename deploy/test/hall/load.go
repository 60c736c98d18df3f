package hall

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Load is people who talk all the time.
type Load struct {
	hall    *Hall
	quit    context.CancelFunc // ends the talking
	deaf    context.CancelFunc // ends the listening
	talkers sync.WaitGroup
	hearers sync.WaitGroup

	mu    sync.Mutex
	gap   time.Duration
	last  map[string]time.Time // of the last answer to each person
	errs  []error
	acked int
}

// Begin has everybody say something, wait for the answer, pause, and go on so.
func (h *Hall) Begin(ctx context.Context, pause time.Duration) *Load {
	listening, deaf := context.WithCancel(ctx)
	talking, quit := context.WithCancel(ctx)
	l := &Load{hall: h, quit: quit, deaf: deaf, last: map[string]time.Time{}}
	for _, p := range h.people {
		l.last[p.name] = time.Now()
		l.talkers.Go(func() { l.talk(ctx, talking, p, pause) })
		l.hearers.Go(func() {
			for {
				if err := p.listen(listening); err != nil {
					if listening.Err() == nil {
						l.fail(fmt.Errorf("%s hears nothing more: %w", p.name, err))
					}
					return
				}
			}
		})
	}
	return l
}

// talk goes on until talking ends. What was begun is said to its end.
func (l *Load) talk(ctx, talking context.Context, p *person, pause time.Duration) {
	for n := 1; ; n++ {
		text := fmt.Sprintf("%s: load %d", p.name, n)
		patience, cancel := context.WithTimeout(ctx, 2*patient)
		_, err := p.link.Send(patience, lair.Draft{Target: clientv1.ToRoom(l.hall.room), Content: text})
		cancel()
		if err != nil {
			l.fail(fmt.Errorf("%q was not accepted: %w", text, err))
			return
		}
		l.answered(p.name, text)
		select {
		case <-talking.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (l *Load) answered(name, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.gap = max(l.gap, now.Sub(l.last[name]))
	l.last[name] = now
	l.acked++
	l.hall.said = append(l.hall.said, text)
}

func (l *Load) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errs = append(l.errs, err)
}

// Gap returns the longest time for which a person had no answer since Gap was
// asked before, the pause included, and how many messages were answered so far.
func (l *Load) Gap() (time.Duration, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	gap := l.gap
	for _, last := range l.last {
		gap = max(gap, time.Since(last))
	}
	l.gap = 0
	return gap.Round(10 * time.Millisecond), l.acked
}

// End has people stop, and waits until everybody has heard all that was answered.
func (l *Load) End(ctx context.Context) error {
	l.quit()
	l.talkers.Wait()
	l.deaf()
	l.hearers.Wait()
	if err := errors.Join(l.errs...); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	return l.hall.listen(ctx)
}
