package process

import "syscall"

// free returns how many bytes can still be written to the file system of a
// folder.
func free(dir string) (bytes float64, ok bool) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, false
	}
	return float64(fs.Bavail) * float64(fs.Bsize), true
}
