#ifndef FAULTY_DISK_H
#define FAULTY_DISK_H

/// A disk that fails on request, below SQLite: a VFS over the system's own, for files whose path
/// holds "faulty-disk". One plan at a time holds for the whole process.

enum faulty_disk_operation { FAULTY_DISK_WRITE = 1, FAULTY_DISK_SYNC = 2 };

/// Makes it SQLite's default; files with other paths are not touched. Repeating it changes nothing.
int faulty_disk_install(void);

/// From now on the `nth` operation (counted from 1) of a kind fails: writes with "disk full" or "I/O
/// error", syncs with "I/O error". `stays` makes every later one fail as well. 0 only counts.
void faulty_disk_plan(enum faulty_disk_operation operation, int nth, int is_full, int stays);

/// Operations of the plan's kind since the plan was made.
int faulty_disk_count(void);

#endif
