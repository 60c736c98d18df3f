package hall

import (
	"context"
	"time"
)

// Until tries again and again. It returns the last complaint when time is over.
func Until(ctx context.Context, patience time.Duration, good func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var complaint error
	for {
		err := good(ctx)
		if err == nil {
			return nil
		}
		if complaint == nil || ctx.Err() == nil {
			complaint = err
		}
		select {
		case <-ctx.Done():
			return complaint
		case <-time.After(300 * time.Millisecond):
		}
	}
}
