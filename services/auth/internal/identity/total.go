package identity

// Total returns how many there are on all pages if that shows in how many were
// found: nothing follows a page that is not full. Others have to be counted, which
// reads all that the query finds.
func (q Query) Total(found int) (n int, known bool) {
	if q.After != "" || found >= q.Limit || found == 0 && q.Offset > 0 {
		return 0, false
	}
	return q.Offset + found, true
}
