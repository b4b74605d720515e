/* A module of Python with the kernels for one target, called TARGET: setup.py compiles it with the target's flags. Its
   other files include functions.h and batches.h, the latter once for each precision. */
#include <Python.h>

#include "fingerprint.h"
#include "rows.h"

/* Which targets the processor can run. With Visual Studio's linker Windows itself is asked, by number, since not all
   header files have the names: clang would ask a library of its own, which that linker does not find. */
#if !defined(__x86_64__) && !defined(__i386__)
  #define RUNS_AVX2 0
  #define RUNS_AVX512F 0
#elif defined(_MSC_VER)
  #include <windows.h>
  #define RUNS_AVX2 IsProcessorFeaturePresent(40)
  #define RUNS_AVX512F IsProcessorFeaturePresent(41)
#else
  #define RUNS_AVX2 (__builtin_cpu_init(), __builtin_cpu_supports("avx2"))
  #define RUNS_AVX512F (__builtin_cpu_init(), __builtin_cpu_supports("avx512f"))
#endif

extern HIDDEN const kernels kernels_of_doubles, kernels_of_floats;

static int add_table(PyObject *module, const char *name, const kernels *table) {
    PyObject *capsule = PyCapsule_New((void *)table, TABLE, NULL);
    if (!capsule) return -1;
    const int failed = PyModule_AddObjectRef(module, name, capsule);
    Py_DECREF(capsule);
    return failed;
}

/* doubles, floats: the kernels; fingerprint: of their sources. runs_avx2 …: which targets this processor can run, asked
   of the module that every processor can */
static int fill(PyObject *module) {
    if (add_table(module, "doubles", &kernels_of_doubles) < 0) return -1;
    if (add_table(module, "floats", &kernels_of_floats) < 0) return -1;
    if (PyModule_AddStringConstant(module, "fingerprint", FINGERPRINT) < 0) return -1;
    if (PyModule_AddIntConstant(module, "runs_avx512f", RUNS_AVX512F) < 0) return -1;
    if (PyModule_AddIntConstant(module, "runs_avx2", RUNS_AVX2) < 0) return -1;
    return PyModule_AddIntConstant(module, "runs_default", 1);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)fill},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "kernels", .m_slots = slots};

#define NAMED(TARGET) PyInit_##TARGET
#define INIT(TARGET) NAMED(TARGET)

PyMODINIT_FUNC INIT(TARGET)(void) { return PyModuleDef_Init(&definition); }
