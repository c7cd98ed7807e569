#include "FaultyDisk.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

// Layout: our methods first, as SQLite wants them; the system's file follows in the same memory.
typedef struct {
  sqlite3_file base;
  int is_watched;
  sqlite3_file *real;
} faulty_file;

static sqlite3_vfs *system_vfs;
static sqlite3_vfs faulty_vfs;
static atomic_int planned_operation, planned_nth, planned_full, planned_stays, counted;

static int fails(const faulty_file *file, int operation) {
  if (!file->is_watched || atomic_load(&planned_operation) != operation) return 0;
  int number = atomic_fetch_add(&counted, 1) + 1;
  int nth = atomic_load(&planned_nth);
  return nth > 0 && (number == nth || (number > nth && atomic_load(&planned_stays)));
}

static sqlite3_file *real(sqlite3_file *file) { return ((faulty_file *)file)->real; }

static int closing(sqlite3_file *file) { return real(file)->pMethods->xClose(real(file)); }

static int reading(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}

static int writing(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  if (fails((faulty_file *)file, FAULTY_DISK_WRITE)) {
    // Half of it may have arrived: a torn write.
    if (count > 1) real(file)->pMethods->xWrite(real(file), bytes, count / 2, offset);
    return atomic_load(&planned_full) ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }
  return real(file)->pMethods->xWrite(real(file), bytes, count, offset);
}

static int truncating(sqlite3_file *file, sqlite3_int64 size) {
  return real(file)->pMethods->xTruncate(real(file), size);
}

static int syncing(sqlite3_file *file, int flags) {
  if (fails((faulty_file *)file, FAULTY_DISK_SYNC)) return SQLITE_IOERR_FSYNC;
  return real(file)->pMethods->xSync(real(file), flags);
}

static int sizing(sqlite3_file *file, sqlite3_int64 *size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}

static int locking(sqlite3_file *file, int kind) {
  return real(file)->pMethods->xLock(real(file), kind);
}

static int unlocking(sqlite3_file *file, int kind) {
  return real(file)->pMethods->xUnlock(real(file), kind);
}

static int checking_lock(sqlite3_file *file, int *result) {
  return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int controlling(sqlite3_file *file, int code, void *argument) {
  return real(file)->pMethods->xFileControl(real(file), code, argument);
}

static int sector(sqlite3_file *file) { return real(file)->pMethods->xSectorSize(real(file)); }

static int traits(sqlite3_file *file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int mapping(sqlite3_file *file, int page, int size, int extends, void volatile **memory) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extends, memory);
}

static int locking_shared(sqlite3_file *file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void fencing(sqlite3_file *file) { real(file)->pMethods->xShmBarrier(real(file)); }

static int unmapping(sqlite3_file *file, int deletes) {
  return real(file)->pMethods->xShmUnmap(real(file), deletes);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = closing,
  .xRead = reading,
  .xWrite = writing,
  .xTruncate = truncating,
  .xSync = syncing,
  .xFileSize = sizing,
  .xLock = locking,
  .xUnlock = unlocking,
  .xCheckReservedLock = checking_lock,
  .xFileControl = controlling,
  .xSectorSize = sector,
  .xDeviceCharacteristics = traits,
  .xShmMap = mapping,
  .xShmLock = locking_shared,
  .xShmBarrier = fencing,
  .xShmUnmap = unmapping,
};

static int opening(
  sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out) {
  (void)vfs;
  faulty_file *ours = (faulty_file *)file;
  ours->base.pMethods = NULL;
  ours->real = (sqlite3_file *)(ours + 1);
  ours->is_watched = name && strstr(name, "faulty-disk") != NULL;
  int result = system_vfs->xOpen(system_vfs, name, ours->real, flags, flags_out);
  if (result == SQLITE_OK) ours->base.pMethods = &methods;
  return result;
}

int faulty_disk_install(void) {
  if (system_vfs) return SQLITE_OK;
  system_vfs = sqlite3_vfs_find(NULL);
  faulty_vfs = *system_vfs;
  faulty_vfs.zName = "faulty-disk";
  faulty_vfs.szOsFile = (int)sizeof(faulty_file) + system_vfs->szOsFile;
  faulty_vfs.pNext = NULL;
  faulty_vfs.xOpen = opening;
  return sqlite3_vfs_register(&faulty_vfs, 1);
}

void faulty_disk_plan(enum faulty_disk_operation operation, int nth, int is_full, int stays) {
  atomic_store(&planned_operation, 0);
  atomic_store(&planned_nth, nth);
  atomic_store(&planned_full, is_full);
  atomic_store(&planned_stays, stays);
  atomic_store(&counted, 0);
  atomic_store(&planned_operation, operation);
}

int faulty_disk_count(void) { return atomic_load(&counted); }
