package limit

// Len returns how many buckets are kept.
func Len(m *Memory) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.buckets)
}
