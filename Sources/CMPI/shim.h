#include <limits.h>
#include <mpi.h>
#include <stddef.h>

/* Open MPI's handles are macros that Swift does not see; all of these are MPI_COMM_WORLD's. */

typedef struct { MPI_Request request; } iicd_mpi_request;

static inline int iicd_mpi_init(void) {
    int provided = 0;
    int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    return code != MPI_SUCCESS ? code : provided < MPI_THREAD_FUNNELED;
}

static inline int iicd_mpi_rank(void) {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

static inline int iicd_mpi_count(void) {
    int count = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    return count;
}

/* Room for MPI_MAX_PROCESSOR_NAME characters and a zero: 256 in Open MPI. */
static inline void iicd_mpi_host(char *name) {
    int length = 0;
    MPI_Get_processor_name(name, &length);
    name[length] = 0;
}

static inline size_t iicd_mpi_host_room(void) { return MPI_MAX_PROCESSOR_NAME + 1; }

/* A count is an int: large blocks, which are of doubles, go in units of eight bytes. */
static inline int iicd_mpi_units(size_t bytes, MPI_Datatype *type) {
    int large = bytes % 8 == 0;
    *type = large ? MPI_INT64_T : MPI_BYTE;
    size_t units = large ? bytes / 8 : bytes;
    return units > INT_MAX ? -1 : (int)units;
}

static inline int iicd_mpi_send(void *data, size_t bytes, int rank, int tag, iicd_mpi_request *r) {
    MPI_Datatype type;
    int units = iicd_mpi_units(bytes, &type);
    return units < 0 ? -1 : MPI_Isend(data, units, type, rank, tag, MPI_COMM_WORLD, &r->request);
}

/* A negative rank stands for any. */
static inline int iicd_mpi_receive(
    void *data, size_t bytes, int rank, int tag, iicd_mpi_request *r) {
    MPI_Datatype type;
    int units = iicd_mpi_units(bytes, &type);
    return units < 0 ? -1
                     : MPI_Irecv(data, units, type, rank < 0 ? MPI_ANY_SOURCE : rank, tag,
                                 MPI_COMM_WORLD, &r->request);
}

static inline int iicd_mpi_broadcast(void *data, size_t bytes, int rank, iicd_mpi_request *r) {
    MPI_Datatype type;
    int units = iicd_mpi_units(bytes, &type);
    return units < 0 ? -1 : MPI_Ibcast(data, units, type, rank, MPI_COMM_WORLD, &r->request);
}

/* Whether it is done; then also who sent it. */
static inline int iicd_mpi_test(iicd_mpi_request *r, int *source) {
    int done = 0;
    MPI_Status status;
    status.MPI_SOURCE = 0;
    MPI_Test(&r->request, &done, &status);
    *source = status.MPI_SOURCE;
    return done;
}

static inline void iicd_mpi_finish(void) { MPI_Finalize(); }

static inline void iicd_mpi_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }
