package timeline

import "time"

// sayAgain is how long a failure that goes on is not logged again. A batch is
// tried many times a second, and the disk that is full may be that of the log.
const sayAgain = 5 * time.Second

// failure is the last one that was logged.
type failure struct {
	text string
	at   time.Time
}

// news reports whether an error is to be logged: it is another one than before,
// or was not logged for a while.
func (f *failure) news(err error, now time.Time) bool {
	text := err.Error()
	if text == f.text && now.Sub(f.at) < sayAgain {
		return false
	}
	f.text, f.at = text, now
	return true
}
