"""Syscalls: what a worker is not to ask of the kernel, and why.

Landlock rules over opening files. Named here is what reaches others by another road:
"""

import platform

__all__ = [
    "ARCHITECTURES",
    "ASKED",
    "NEWEST",
    "PRETENDED",
    "REFUSED",
    "UNCOUNTED",
    "number",
]

REFUSED = {
    "sockets": "socket connect bind listen accept accept4",
    "other processes' memory": """
        ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp
        pidfd_getfd perf_event_open userfaultfd migrate_pages move_pages""",
    "signals that carry a letter": """
        tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal""",
    "other processes' share of the machine": """
        setpriority sched_setscheduler sched_setparam sched_setattr ioprio_set""",
    "shared memory and queues, which have no file": """
        shmget shmat shmctl semget semop semtimedop semctl
        msgget msgsnd msgrcv msgctl mq_open mq_unlink""",
    "memory that no limit counts": "memfd_create memfd_secret",
    "watching files, which is not opening them": """
        inotify_init inotify_init1 fanotify_init open_by_handle_at""",
    "changing files without opening them": """
        truncate setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr""",
    "other worlds": """
        unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen
        fsconfig fsmount fspick mount_setattr""",
    "the kernel itself": """
        kexec_load kexec_file_load init_module finit_module delete_module reboot swapon
        swapoff acct syslog quotactl quotactl_fd bpf keyctl add_key request_key""",
    "calls made behind this filter": "io_uring_setup io_uring_enter io_uring_register",
}

MEMORY = "shared memory and queues, which have no file", "memory that no limit counts"
UNCOUNTED = " ".join(REFUSED[kind] for kind in MEMORY).split()
"""What takes memory that belongs to no process, so that nobody's sum has it."""

PRETENDED = """chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat
               utime utimes futimesat utimensat"""
"""Said to be done, and left undone.

Landlock does not rule over them, and the worker may own files of its grader's. But to
copy a file is to copy its mode too, so refused they would stop honest code.
"""

ASKED = "clone fork vfork kill tgkill"
"""What the worker's keeper is asked for: it counts processes, and knows which are its own."""

NEWEST = 462
"""The last call that was looked at for this list; later ones are answered as unknown."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Names of processors in a filter."""

NUMBERS = """
accept 43 202, accept4 288 242, acct 163 89, add_key 248 217, bind 49 200, bpf 321 280,
chmod 90 -, chown 92 -, chroot 161 51, clone 56 220, clone3 435 435, connect 42 203,
delete_module 176 106, fanotify_init 300 262, fchmod 91 52, fchmodat 268 53,
fchmodat2 452 452, fchown 93 55, fchownat 260 54, fcntl 72 25, finit_module 313 273,
fork 57 -, fremovexattr 199 16, fsconfig 431 431, fsetxattr 190 7, fsmount 432 432,
fsopen 430 430, fspick 433 433, futimesat 261 -, init_module 175 105, inotify_init 253 -,
inotify_init1 294 26, io_uring_enter 426 426, io_uring_register 427 427,
io_uring_setup 425 425, ioctl 16 29, ioprio_set 251 30, kcmp 312 272,
kexec_file_load 320 294, kexec_load 246 104, keyctl 250 219, kill 62 129, lchown 94 -,
listen 50 201, lremovexattr 198 15, lsetxattr 189 6, memfd_create 319 279,
memfd_secret 447 447, migrate_pages 256 238, mount 165 40, mount_setattr 442 442,
move_mount 429 429, move_pages 279 239, mq_open 240 180, mq_unlink 241 181,
msgctl 71 187, msgget 68 186, msgrcv 70 188, msgsnd 69 189, open_by_handle_at 304 265,
open_tree 428 428, perf_event_open 298 241, pidfd_getfd 438 438,
pidfd_send_signal 424 424, pivot_root 155 41, prctl 157 167, prlimit64 302 261,
process_madvise 440 440, process_mrelease 448 448, process_vm_readv 310 270,
process_vm_writev 311 271, ptrace 101 117, quotactl 179 60, quotactl_fd 443 443,
reboot 169 142, removexattr 197 14,
request_key 249 218, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240,
sched_setaffinity 203 122, sched_setattr 314 274, sched_setparam 142 118,
sched_setscheduler 144 119, seccomp 317 277, semctl 66 191, semget 64 190, semop 65 193,
semtimedop 220 192, setns 308 268, setpriority 141 140, setxattr 188 5, shmat 30 196,
shmctl 31 195, shmget 29 194, socket 41 198, socketpair 53 199, swapoff 168 225,
swapon 167 224, syslog 103 116, tgkill 234 131, tkill 200 130, truncate 76 45,
umount2 166 39, unshare 272 97, userfaultfd 323 282, utime 132 -, utimensat 280 88,
utimes 235 -, vfork 58 -
"""
"""Numbers on x86_64 and aarch64; a dash where the call has none."""


def number(name: str) -> int | None:
    """Look up a call's number on this processor; None if it does not have the call."""
    column = list(ARCHITECTURES).index(platform.machine())
    word = _TABLE[name][column]
    return None if word == "-" else int(word)


_TABLE = {name: rest for name, *rest in map(str.split, NUMBERS.split(","))}
