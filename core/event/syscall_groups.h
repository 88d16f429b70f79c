/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls that the kernel's checks treat alike, as lists for syscall_among(). */
#ifndef CAPTRACE_CORE_EVENT_SYSCALL_GROUPS_H
#define CAPTRACE_CORE_EVENT_SYSCALL_GROUPS_H

#define CALLS_FORK      "fork vfork clone clone3"
#define CALLS_EXEC      "execve execveat"
#define CALLS_SEND      "sendto sendmsg sendmmsg write writev socketcall"
#define CALLS_IOPRIO    "ioprio_set"
#define CALLS_CHMOD     "chmod fchmod fchmodat fchmodat2"
#define CALLS_CHOWN     "chown lchown fchown fchownat chown32 lchown32 fchown32"
#define CALLS_SETXATTR  "setxattr lsetxattr fsetxattr setxattrat"
#define CALLS_LISTXATTR "listxattr llistxattr flistxattr listxattrat"
#define CALLS_GETXATTR  "getxattr lgetxattr fgetxattr getxattrat"
#define CALLS_SETUID                                                          \
	"setuid setuid32 setreuid setreuid32 setresuid setresuid32 setfsuid " \
	"setfsuid32"
#define CALLS_SETGID                                                          \
	"setgid setgid32 setregid setregid32 setresgid setresgid32 setfsgid " \
	"setfsgid32"
#define CALLS_MMAP "brk mmap mmap2 mremap mprotect pkey_mprotect"
#define CALLS_OPEN "open openat openat2"
#define CALLS_READ "read pread64 readv preadv preadv2"
/* Calls that look at files without changing them. */
#define CALLS_LOOK                                                                  \
	CALLS_OPEN " readlink readlinkat stat lstat newfstatat fstatat64 stat64 "   \
		   "lstat64 statx access faccessat faccessat2 getdents getdents64 " \
		   "chdir " CALLS_READ

#endif
