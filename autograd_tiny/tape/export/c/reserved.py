"""Names that a function in C can't have: words of the language, and what headers and the generated file define.

A function of the C library's name would take the place of that function in the whole program, or not compile. So all
names of the standard library and the usual ones of POSIX are avoided, not only those of <math.h>, which includes others
in C++.
"""
from __future__ import annotations

import re

from ..names import C_KEYWORDS, words
from .language import HELPERS

LIBRARY = words("""
    a64l abort accept access alarm aligned_alloc alloca arc4random arc4random_buf arc4random_uniform asctime
    atexit atof atoi atol bcmp bcopy be16toh be32toh be64toh BIG_ENDIAN bind blkcnt64_t blkcnt_t blksize_t
    bsearch btowc BUFSIZ BYTE_ORDER bzero cabs cacos cacosh caddr_t calloc canonicalize canonicalize_file_name
    carg casin casinh catan catanh ccos ccosh cexp chdir chmod chown cimag clearenv clearerr clock clock_t
    clockid_t clog clog10 close comparison_fn_t confstr conj connect cpow cproj creal creat csin csinh csqrt
    ctan ctanh ctime daddr_t dcgettext dev_t dgettext difftime drand48 dup dup2 ecvt EDOM EILSEQ erand48
    ERANGE execl execle execlp execv execve execvp exit EXIT_FAILURE EXIT_SUCCESS faccessat fadd fchdir fchmod
    fchmodat fchown fchownat fclose fcntl fcvt FD_CLR FD_ISSET fd_mask FD_SET FD_SETSIZE FD_ZERO fdatasync
    fdiv feclearexcept fegetenv fegetexceptflag fegetround feholdexcept feof feraiseexcept ferror fesetenv
    fesetexceptflag fesetround fetestexcept feupdateenv fexcept_t fexecve fflush ffma ffs fgetc fgetpos fgets
    fgetwc fgetws FILE fmaximum fmaximum_mag fmaximum_mag_num fmaximum_num fmaxmag fminimum fminimum_mag
    fminimum_mag_num fminimum_num fminmag fmul fopen fork fpathconf fpos_t fpregset_t fprintf fputc fputs
    fputwc fputws fread free freopen fromfp fromfpx fsblkcnt64_t fsblkcnt_t fscanf fseek fsetpos fsfilcnt64_t
    fsfilcnt_t fsid_t fsqrt fstat fstatat fsub fsync ftell ftruncate futimens fwide fwprintf fwrite fwscanf
    gcvt getc getchar getcwd getegid getenv geteuid getgid getgroups gethostname getloadavg getlogin getopt
    getpayload getpeername getpgid getpgrp getpid getppid getpt gets getsid getsockname getsockopt getsubopt
    gettext getuid getwc getwchar gid_t gmtime grantpt greg_t gregset_t htobe16 htobe32 htobe64 htole16
    htole32 htole64 id_t idtype_t imaxabs imaxdiv index initstate ino64_t ino_t isalnum isalpha isascii isatty
    isblank iscanonical iscntrl isdigit iseqsig isgraph isgreaterequal islessequal islessgreater islower
    isprint ispunct issignaling isspace issubnormal isupper iswalnum iswalpha iswblank iswcntrl iswctype
    iswdigit iswgraph iswlower iswprint iswpunct iswspace iswupper iswxdigit isxdigit iszero jmp_buf jrand48
    key_t kill l64a L_tmpnam labs lchown lcong48 ldiv le16toh le32toh le64toh link linkat listen LITTLE_ENDIAN
    llabs lldiv llogb locale_t localeconv localtime loff_t longjmp lrand48 lseek lstat malloc math_errhandling
    MAXFLOAT MB_CUR_MAX mblen mbrlen mbrtowc mbsinit mbsrtowcs mbstate_t mbstowcs mbtowc memchr memcmp memcpy
    memmove mempcpy memset mkdir mkdirat mkdtemp mkfifo mkfifoat mkostemp mkostemp64 mkostemps mkostemps64
    mkstemp mkstemp64 mkstemps mkstemps64 mktemp mktime mlock mlockall mmap mode_t mprotect mrand48 msync
    munlock munlockall munmap nextdown nextup NFDBITS nlink_t nrand48 nullptr_t off64_t off_t offsetof on_exit
    open openat optarg opterr optind optopt pathconf pause PDP_ENDIAN perror pid_t pipe posix_fadvise
    posix_fallocate posix_madvise posix_memalign posix_openpt pread printf pselect psiginfo psignal
    pthread_attr_t pthread_key_t pthread_kill pthread_once_t pthread_sigmask pthread_spinlock_t pthread_t
    ptsname putc putchar putenv puts putwc putwchar pwrite qecvt qfcvt qgcvt qsort quad_t quick_exit quot
    raise rand RAND_MAX random read readlink readlinkat realloc reallocarray realpath recv recvfrom recvmsg
    remove rename rewind rindex rmdir roundeven rpmatch scanf secure_getenv seed48 select send sendmsg sendto
    setbuf setegid setenv seteuid setgid setjmp setlocale setpayload setpayloadsig setpgid setsid setsockopt
    setstate setuid setvbuf shm_open shm_unlink shutdown sig_atomic_t sigaction sigaddset sigdelset
    sigemptyset sigfillset sigismember signal sigpending sigprocmask sigqueue sigset_t sigsuspend sigtimedwait
    sigwait sigwaitinfo sleep snprintf sockatmark socket socketpair socklen_t sprintf srand srand48 srandom
    sscanf ssize_t stat stderr stdin stdout stpcpy stpncpy strcasecmp strcat strchr strcmp strcoll strcpy
    strcspn strdup strerror strfmon strfromd strfromf strfromf128 strfromf32 strfromf32x strfromf64
    strfromf64x strfroml strftime strlen strncasecmp strncat strncmp strncpy strndup strpbrk strrchr strspn
    strstr strtod strtof strtof128 strtof32 strtof32x strtof64 strtof64x strtoimax strtok strtol strtold
    strtoq strtoul strtoumax strtouq strxfrm suseconds_t swprintf swscanf symlink symlinkat sysconf system
    tcgetpgrp tcsetpgrp time time_t timer_t tmpfile tmpnam toascii tolower totalorder totalordermag toupper
    towctrans towlower towupper truncate ttyname u_char u_int u_int16_t u_int32_t u_int64_t u_int8_t u_long
    u_quad_t u_short ufromfp ufromfpx uid_t uint ulong umask ungetc ungetwc unlink unlinkat unlockpt unsetenv
    useconds_t ushort utimensat va_arg va_copy va_end va_list va_start valloc vfprintf vfscanf vfwprintf
    vfwscanf vprintf vscanf vsnprintf vsprintf vsscanf vswprintf vswscanf vwprintf vwscanf wait waitid waitpid
    WCONTINUED wcrtomb wcscat wcschr wcscmp wcscoll wcscpy wcscspn wcsftime wcslen wcsncat wcsncmp wcsncpy
    wcspbrk wcsrchr wcsrtombs wcsspn wcsstr wcstod wcstof wcstoimax wcstok wcstol wcstold wcstombs wcstoul
    wcstoumax wcsxfrm wctob wctomb wctrans wctrans_t wctype wctype_t WEXITED WEXITSTATUS WIFCONTINUED
    WIFEXITED WIFSIGNALED WIFSTOPPED wint_t wmemchr wmemcmp wmemcpy wmemmove wmemset WNOHANG WNOWAIT wprintf
    write wscanf WSTOPPED WSTOPSIG WTERMSIG WUNTRACED
    DOMAIN HUGE OVERFLOW PLOSS SING TLOSS UNDERFLOW X_TLOSS
""")
VARIANTS = re.compile(r"(f\d*x?|l|_l|_r)$")       # of a function: sinf, sinl, sinf32x, strtod_l, rand_r
FAMILIES = re.compile(
    r"(M|FP|FE|LC|MATH|U?INT[A-Z0-9_]*|FLT|DBL|LDBL|SIG)_[A-Z0-9_]+[a-z0-9]*|HUGE_VAL\w*|SNAN\w*|(PRI|SCN)[a-zX]\w+|"
    r"u?int(_fast|_least)?([0-9]+|ptr|max)_t|d(add|sub|mul|div|fma|sqrt)l|f\d+x?(add|sub|mul|div|fma|sqrt)\w*"
)
# Of the file itself. What its function is called with in a loop over samples would hide a function of that name.
OWN = frozenset([
    "x", "samples", "p", "out", "work", "i", "value", "by_x", "by_p", "real", "RESTRICT", "PART", "BERNOULLI",
    "polygamma", "polygamma_right", "erfinv", *HELPERS,
])
OWN_FAMILIES = re.compile(r"op_\w+|places_\d+")


def is_reserved(name: str) -> bool:
    """Whether the file can't define a function of this name."""
    if name in OWN or OWN_FAMILIES.fullmatch(name) or FAMILIES.fullmatch(name):
        return True
    return any(each in C_KEYWORDS or each in LIBRARY for each in (name, VARIANTS.sub("", name)))
